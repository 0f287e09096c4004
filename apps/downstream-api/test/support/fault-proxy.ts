import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between the API and its database, and fails in the ways networks and servers fail. */
export interface FaultProxy {
  /** The database's URL, through this proxy. */
  url: string;
  /** Cuts every connection and every new one, as a server that is down does. */
  refuse(): void;
  /** Passes nothing on any more, in connections that stay open, as a frozen server or a broken path does. */
  fallSilent(): void;
  /** Works for new connections; those that fell silent stay silent. */
  recover(): void;
  close(): Promise<void>;
}

/** Starts it on a free port, passing everything on. */
export async function startFaultProxy(databaseUrl: string): Promise<FaultProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'working' | 'refusing' | 'silent' = 'working';

  const server = createServer((caller) => {
    if (state === 'refusing') {
      caller.destroy();
      return;
    }
    const database = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [caller, database],
      [database, caller],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (state === 'working') from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : '');

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    refuse() {
      state = 'refusing';
      cut();
    },
    fallSilent() {
      state = 'silent';
      for (const socket of sockets) socket.unpipe();
    },
    recover() {
      state = 'working';
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
