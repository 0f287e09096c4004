import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A service that is called. What it does can change while it runs. */
export interface Upstream {
  url: string;
  /** How many requests came. */
  received(): number;
  behave(listener: RequestListener): void;
}

/** Starts it on a free port, for one test. */
export async function startUpstream(listener: RequestListener): Promise<Upstream> {
  let current = listener;
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    current(request, response);
  });
  return {
    url: await open(server),
    received: () => received,
    behave(next) {
      current = next;
    },
  };
}

/** A server that speaks no HTTP. */
export const startTcpUpstream = (onConnection: (socket: Socket) => void): Promise<string> =>
  open(createTcpServer(onConnection));

async function open(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
