import { lookup } from 'node:dns/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import { answerMalformedRequests } from './malformed-request.ts';

export interface Listening {
  /** `http://host:port`, with the actual port. */
  url: string;
  port: number;
  /**
   * Stops listening, and closes the connections that are still open after the deadline.
   *
   * @param deadline Milliseconds for open requests; 0 if omitted.
   */
  close(deadline?: number): Promise<void>;
}

/** Milliseconds after which a client that sends too slowly is disconnected (CWE-400). */
export interface ReceiveTimeouts {
  /** For the headers of a request. */
  headers: number;
  /** For a whole request. */
  request: number;
  /** Between two checks of all connections; timeouts are late by at most this. */
  checkEvery: number;
}

export interface ListenOptions {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  /** 15 s, 30 s and 2 s if omitted. */
  timeouts?: ReceiveTimeouts;
  /** Logs requests that never reach the handler, because the HTTP parser rejects them. */
  logger?: Logger;
}

/** The port is already in use. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use`);
    this.port = port;
  }
}

/**
 * Listens on every address of the host name: for `localhost` both loopback addresses, so that no other process can answer
 * on one of them.
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
    answerMalformedRequests(server, logger);
    // Node.js would answer an unknown `Expect` with a plain body. It may be ignored (RFC 9110, section 10.1.1).
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
  // Longer than proxies keep idle connections; otherwise a proxy may send a request on a closed one.
  keepAliveTimeout: 75_000,
  // A token with many groups exceeds the 16 kB of Node.js, which answers without CORS headers.
  maxHeaderSize: 32 * 1024,
  // The service rejects such requests itself, with a problem.
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
  // Connections become idle when their response is sent, and would be kept alive.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepEvery);
  const cut = setTimeout(() => server.closeAllConnections(), deadline);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
