import type { Fault } from './fault-proxy.ts';

/** Cuts every connection as soon as it is made. */
export const refuse: Fault = { connection: (socket) => void socket.resetAndDestroy() };

/** Resets the connection when the request has arrived. */
export const reset: Fault = { request: ({ socket }) => void socket.resetAndDestroy() };

/** Promises an answer of 1000 bytes, and resets the connection after a few. */
export const resetMidBody: Fault = {
  request({ response, socket }) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"displayName":"');
    setImmediate(() => socket.resetAndDestroy());
  },
};

/** Takes the request and says nothing. */
export const hang: Fault = { request: () => {} };

/** Sends a byte every now and then, without an end. */
export const slowDrip: Fault = {
  request({ response }) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 50);
    response.once('close', () => clearInterval(drip));
  },
};

/** Answers this and nothing else. */
export const answer = (
  status: number,
  { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Fault => ({
  request: ({ response }) => void response.writeHead(status, headers).end(body),
});

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html; charset=utf-8' };
const page = '<!doctype html><title>Sign in to the network</title><p>AADSTS-like-text</p>';

/** Answers 429 with any form of `Retry-After`. */
export const throttle = (retryAfter: string): Fault =>
  answer(429, {
    headers: { ...json, 'retry-after': retryAfter },
    body: '{"error":{"code":"TooManyRequests"}}',
  });

export const serverError = answer(500, { headers: html, body: page });
export const serviceUnavailable = answer(503, { headers: { ...html, 'retry-after': '60' }, body: page });
export const malformedJson = answer(200, { headers: json, body: '{"displayName": "A", }}' });
export const halfJson = answer(200, { headers: json, body: '{"displayName": "A", "jobTi' });
export const emptyBody = answer(200, { headers: json });
export const otherShape = answer(200, { headers: json, body: '[{"displayName":7}]' });
export const htmlPage = answer(200, { headers: html, body: page });
export const hugeBody = answer(200, { headers: json, body: Buffer.alloc(10 * 1024 * 1024, ' ') });
export const unauthorized = answer(401, { headers: { ...html, 'www-authenticate': 'Bearer' }, body: page });
export const forbidden = answer(403, { headers: html, body: page });

/** Leads elsewhere, as a hijacked name or a wrong proxy does. */
export const redirectTo = (url: string): Fault => answer(307, { headers: { location: url } });

/** Waits for an event, then asks the real service. */
export const until = (event: Promise<unknown>): Fault => ({
  request: ({ passOn }) => void event.then(passOn),
});

/** Lets the real service do its work, and loses its answer. */
export const loseAnswer: Fault = {
  request: ({ ask, socket }) => void ask().then(() => socket.resetAndDestroy()),
};

/** Lets the real service do its work, and never answers. */
export const swallowAnswer: Fault = { request: ({ ask }) => void ask() };

/** Changes what the real service answers in JSON. */
export const change = (rewrite: (body: Record<string, unknown>) => unknown): Fault => ({
  request({ ask, response }) {
    void ask().then(({ status, body }) => {
      response.writeHead(status, json).end(JSON.stringify(rewrite(JSON.parse(body.toString()))));
    });
  },
});

/** One fault for the first requests, then none. */
export const times = (count: number, { request }: Fault): Fault => {
  let left = count;
  return {
    request(exchange) {
      left -= 1;
      if (left >= 0) request?.(exchange);
      else exchange.passOn();
    },
  };
};
