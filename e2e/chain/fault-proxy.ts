import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request that came to a proxy. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  path: string;
  authorization: string | undefined;
  body: string;
  /** How it ended: with an answer, or with a connection that the caller closed before. */
  ended: Promise<'answered' | 'abandoned'>;
}

/** A request that a fault has to deal with. */
export interface FaultyExchange {
  seen: SeenRequest;
  response: ServerResponse;
  /** The caller's connection. */
  socket: Socket;
  /** Asks the real service and answers as it does. */
  passOn(): void;
  /** Asks the real service, and gives its answer to the fault. */
  ask(): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>;
}

/** What a service does in place of its work. */
export interface Fault {
  /** At each new connection. */
  connection?: (socket: Socket) => void;
  /** At each request. */
  request?: (exchange: FaultyExchange) => void;
}

/** Stands in front of one service, and does to its callers what networks and services do. */
export interface FaultProxy {
  /** The origin that callers are given in place of the service's own. */
  origin: string;
  /** All requests since the last `forget`. */
  requests: readonly SeenRequest[];
  /** From now on all requests, or those only, meet the fault. Connections that are open are cut if it wants none. */
  fail(fault: Fault, only?: (request: SeenRequest) => boolean): void;
  /** Passes everything on. */
  pass(): void;
  forget(): void;
  close(): Promise<void>;
}

/** Starts it on a free port, passing everything on to that origin. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new http.Agent({ keepAlive: true });
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let fault: Fault = {};
  let isConcerned = (_request: SeenRequest): boolean => true;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, method = '', url: path = '' } = request;
    const { promise: ended, resolve: end } = Promise.withResolvers<'answered' | 'abandoned'>();
    response.once('close', () => end(response.writableFinished ? 'answered' : 'abandoned'));
    const body = await buffer(request);
    const seen: SeenRequest = {
      method,
      path,
      authorization: request.headers.authorization,
      body: body.toString(),
      ended,
    };
    requests.push(seen);

    const open = (answer: (incoming: IncomingMessage) => void, fail: (error: Error) => void): void => {
      const { host: _host, ...headers } = request.headers;
      const outgoing = http.request(`${target}${path}`, { agent, method, headers }, answer);
      outgoing.once('error', fail);
      response.once('close', () => {
        if (!response.writableFinished) outgoing.destroy();
      });
      outgoing.end(body);
    };
    const passOn = (): void =>
      open(
        (incoming) => {
          // Set one by one, so that what observes the test run sees whose answer it is.
          for (const [name, value] of Object.entries(incoming.headers))
            if (value !== undefined) response.setHeader(name, value);
          response.writeHead(incoming.statusCode ?? 502);
          incoming.pipe(response);
        },
        () => socket.destroy(),
      );
    const ask: FaultyExchange['ask'] = () =>
      new Promise((resolve, reject) => {
        open(async (incoming) => {
          const { statusCode: status = 502, headers } = incoming;
          resolve({ status, headers, body: await buffer(incoming) });
        }, reject);
      });

    if (fault.request && isConcerned(seen)) fault.request({ seen, response, socket, passOn, ask });
    else passOn();
  };

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    fault.connection?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    requests,
    fail(next, only = () => true) {
      fault = next;
      isConcerned = only;
      if (next.connection) for (const socket of sockets) socket.destroy();
    },
    pass() {
      fault = {};
    },
    forget() {
      requests.length = 0;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
      agent.destroy();
    },
  };
}
