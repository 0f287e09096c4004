import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { Problem, type ProblemDefinition, problemBody, problems } from '../problems/problem.ts';

/** What the HTTP parser reports, by the codes of its errors; every other of its codes is a malformed request. */
const unreadable: Readonly<Record<string, readonly [ProblemDefinition, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [problems.request_timeout, 'Send it again, without pauses.'],
  HPE_HEADER_OVERFLOW: [problems.headers_too_large, 'Send at most 32 kB of request line and headers.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [problems.body_too_large, 'Send chunks without long extensions.'],
};

/**
 * Answers requests that never become one, as they are malformed, too large or too slow, in the form of every other
 * error, and closes their connection.
 *
 * Nothing is written where an answer could be taken for that to another request on the connection.
 */
export function answerUnreadableRequests(server: Server, logger?: Logger): void {
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
    const [definition, detail] = unreadable[code] ?? [
      problems.invalid_request,
      'Send requests as HTTP/1.1 describes them (RFC 9112).',
    ];
    const problem = new Problem(definition, { detail });
    const correlationId = randomUUID();
    logger?.info({ correlationId, code: problem.code, reason: code }, 'request could not be read');
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
