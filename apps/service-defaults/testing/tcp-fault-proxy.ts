import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Stands between a service and a server that it depends on, and fails in the ways networks and servers fail. */
export interface TcpFaultProxy {
  /** The server's URL, through this proxy. */
  url: string;
  /** Connections that are open now. */
  connections(): number;
  /** Counts the connections since the start, with those that were cut at once. */
  attempts(): number;
  /** Cuts every connection and every new one, as a server that is down does. */
  refuse(): void;
  /** Cuts every connection, and works for new ones, as a server that is restarted does. */
  reset(): void;
  /** Passes nothing on any more, in connections that stay open, as a frozen server or a broken path does. */
  fallSilent(): void;
  /** Works for new connections; those that fell silent stay silent. */
  recover(): void;
  /** From now on each answer takes so many milliseconds more. */
  delay(milliseconds: number): void;
  close(): Promise<void>;
}

/** Starts it on a free port, passing everything on. */
export async function startTcpFaultProxy(serverUrl: string, defaultPort: number): Promise<TcpFaultProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let state: 'working' | 'refusing' | 'silent' = 'working';
  let latency = 0;
  let attempts = 0;

  const later = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        if (latency === 0) done(null, chunk);
        else setTimeout(done, latency, null, chunk);
      },
    });

  const proxy = createServer((caller) => {
    attempts += 1;
    if (state === 'refusing') {
      caller.destroy();
      return;
    }
    const server = connect(Number(target.port || defaultPort), target.hostname);
    for (const [from, to] of [
      [caller, server],
      [server, caller],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    if (state !== 'working') return;
    caller.pipe(server);
    server.pipe(later()).pipe(caller);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' ? address?.port : '');

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    connections: () => sockets.size / 2,
    attempts: () => attempts,
    refuse() {
      state = 'refusing';
      cut();
    },
    reset: cut,
    fallSilent() {
      state = 'silent';
      for (const socket of sockets) socket.unpipe();
    },
    recover() {
      state = 'working';
    },
    delay(milliseconds) {
      latency = milliseconds;
    },
    async close() {
      cut();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
