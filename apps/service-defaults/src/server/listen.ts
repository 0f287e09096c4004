import { lookup } from 'node:dns/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import { answerUnreadableRequests } from './unreadable-request.ts';

export interface Listening {
  /** `http://host:port`, with the port that was really taken. */
  url: string;
  port: number;
  /**
   * Stops accepting, lets what is in flight finish, and cuts what is left after the deadline.
   *
   * @param deadline Milliseconds.
   */
  close(deadline?: number): Promise<void>;
}

/** Milliseconds after which a client that sends too slowly is cut off (CWE-400). */
export interface ReceiveTimeouts {
  /** For the headers of a request. */
  headers: number;
  /** For a whole request. */
  request: number;
  /** Between two looks at all connections: the timeouts are late by so much at most. */
  checkEvery: number;
}

export interface ListenOptions {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  /** 15 s, 30 s and 2 s if omitted. */
  timeouts?: ReceiveTimeouts;
  /** Where requests are noted that could not be read, and so never came to the handler. */
  logger?: Logger;
}

/** The port is taken. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use`);
    this.port = port;
  }
}

/**
 * Listens on every address the host name has: for `localhost` both loopback addresses, so that no other process can
 * answer on one of them.
 *
 * @throws {PortTaken}
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, timeouts = receiveTimeouts, logger } = options;
  const addresses = [...new Set((await lookup(host, { all: true })).map(({ address }) => address))];
  if (host === 'localhost' && !addresses.includes('::1')) addresses.push('::1');
  const servers: Server[] = [];
  let taken = port;
  for (const address of addresses) {
    const server = createServer(
      {
        ...serverOptions,
        headersTimeout: timeouts.headers,
        requestTimeout: timeouts.request,
        connectionsCheckingInterval: timeouts.checkEvery,
      },
      handler,
    );
    answerUnreadableRequests(server, logger);
    // Node would answer an unknown `Expect` itself, with a body in no form (RFC 9110, section 10.1.1, lets us ignore it).
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    try {
      taken = await open(server, address, taken);
      servers.push(server);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const optional = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      if (optional && (servers.length > 0 || address !== addresses.at(-1))) continue;
      await Promise.all(servers.map((opened) => close(opened, 0)));
      if (code === 'EADDRINUSE' && port === 0) return listen(handler, options);
      throw code === 'EADDRINUSE' ? new PortTaken(port) : error;
    }
  }
  return {
    url: `http://${host}:${taken}`,
    port: taken,
    close: async (deadline = 0) => {
      await Promise.all(servers.map((server) => close(server, deadline)));
    },
  };
}

const receiveTimeouts: ReceiveTimeouts = { headers: 15_000, request: 30_000, checkEvery: 2_000 };

const sweepEvery = 50;

const serverOptions = {
  // Longer than a proxy keeps an idle connection, or the proxy meets a closed one.
  keepAliveTimeout: 75_000,
  // A token with many groups makes a header that Node's 16 kB would refuse without CORS headers.
  maxHeaderSize: 32 * 1024,
  // The service refuses it, with an answer in the form of its others.
  requireHostHeader: false,
};

function open(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : port);
    });
  });
}

async function close(server: Server, deadline: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  // Connections get idle as their answers go out, and would be kept alive then.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepEvery);
  const cut = setTimeout(() => server.closeAllConnections(), deadline);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
