import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { Problem, type ProblemDefinition, problemBody, problems } from '../problems/problem.ts';

/** A registered name, an IPv4 or a bracketed IPv6 address, with an optional port (RFC 3986, section 3.2.2). */
const hostAndPort = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/**
 * Rejects a request without a Host header, with several, or with an invalid one (RFC 9112, section 3.2).
 *
 * @throws {Problem} `invalid_request` (400).
 */
export const requireHost: RequestHandler = (request, _response, next) => {
  const hosts = request.headersDistinct.host ?? [];
  const mayBeMissing = request.httpVersion === '1.0';
  const [host = mayBeMissing ? '' : undefined] = hosts;
  if (host === undefined || hosts.length > 1 || !hostAndPort.test(host))
    throw new Problem(problems.invalid_request, { detail: 'Send one Host header that names a host.' });
  next();
};

/** Problems for the error codes of the HTTP parser; all its other codes mean a malformed request. */
const parserProblems: Readonly<Record<string, readonly [ProblemDefinition, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [problems.request_timeout, 'Send it again, without pauses.'],
  HPE_HEADER_OVERFLOW: [problems.headers_too_large, 'Send at most 32 kB of request line and headers.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [problems.body_too_large, 'Send chunks without long extensions.'],
};

/**
 * Answers requests that the HTTP parser gives up on, because they are malformed, too large or too slow, with a problem, and
 * closes their connection.
 *
 * Writes nothing where the response could be mistaken for that to another request on the connection.
 */
export function answerMalformedRequests(server: Server, logger?: Logger): void {
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', (request, response) => {
    const responses = open.get(request.socket) ?? new Set();
    open.set(request.socket, responses.add(response));
    response.once('close', () => {
      if (request.complete) responses.delete(response);
    });
  });
  server.on('clientError', (error: Error & { code?: unknown }, socket: Duplex) => {
    const { code } = error;
    const [current, ...others] = open.get(socket) ?? [];
    const unanswered = current === undefined || (!current.headersSent && !current.req.complete);
    const fromParser = typeof code === 'string' && /^(HPE_|ERR_HTTP_)/.test(code);
    if (!fromParser || !socket.writable || !unanswered || others.length > 0) {
      socket.destroy();
      return;
    }
    const [definition, detail] = parserProblems[code] ?? [
      problems.invalid_request,
      'Send requests in the format of HTTP/1.1 (RFC 9112).',
    ];
    const problem = new Problem(definition, { detail });
    const correlationId = randomUUID();
    logger?.info({ correlationId, code: problem.code, reason: code }, 'request rejected by the HTTP parser');
    socket.end(render(problem, correlationId), () => socket.destroy());
  });
}

function render(problem: Problem, correlationId: string): string {
  const body = JSON.stringify(problemBody(problem, correlationId));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `x-correlation-id: ${correlationId}`,
    '',
    body,
  ].join('\r\n');
}
