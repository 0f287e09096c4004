import {
  CallFailed,
  createDependency,
  createTransport,
  type DependencyState,
} from '@obo/service-defaults/calls';
import { renderTraceparent, requestContext } from '@obo/service-defaults/observability';
import { defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import { route } from '@obo/service-defaults/server';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Configuration } from '../configuration.ts';
import { type CurrentSession, requireUserHeader } from '../session/current-session.ts';

export const forwardProblems = defineProblems({
  middle_tier_unavailable: [502, 'The middle tier did not respond'],
});

/** What the middle tier reads, beside the token. */
const forwardedHeaders = ['accept', 'content-type', 'idempotency-key'];

/** What the SPA reads. Cookies, above all, are those of this server. */
const returnedHeaders = [
  'content-type',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'server-timing',
  'www-authenticate',
];

/** Milliseconds, more than the middle tier allows itself. */
const deadline = 8_000;

export interface Forwarding {
  routes: Router;
  dependencies: Readonly<Record<'middle_tier', () => DependencyState>>;
  close(): Promise<void>;
}

/** Forwards `/api` to the middle tier with the user's access token, and the middle tier's pages about problems without. */
export function createForwarding(
  { apiBaseUrl, proxy }: Pick<Configuration, 'apiBaseUrl' | 'proxy'>,
  current: CurrentSession,
): Forwarding {
  const base = new URL(apiBaseUrl);
  const transport = createTransport({ proxy });
  const middleTier = createDependency({ deadline });
  const routes = Router();

  async function forward(request: Request, response: Response, token?: string): Promise<void> {
    const { pathname, search } = new URL(request.originalUrl, 'http://localhost');
    // Where dot segments lead out of it.
    if (!/^\/(api|problems)\//.test(pathname)) throw new Problem(problems.not_found);
    const { correlationId, signal: callerGone, ...trace } = requestContext();
    const headers: Record<string, string> = {
      'accept-encoding': 'identity',
      'x-correlation-id': correlationId,
      traceparent: renderTraceparent(trace),
      'x-forwarded-for': request.ip ?? '',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    for (const name of forwardedHeaders) {
      const value = request.get(name);
      if (value !== undefined) headers[name] = value;
    }
    const target = { origin: base.origin, pathname: base.pathname.replace(/\/$/, '') + pathname, search };
    const body = Buffer.isBuffer(request.body) ? request.body : null;
    const answer = await middleTier
      .call(
        (timeout) =>
          transport.send(
            target,
            { method: request.method, headers, body },
            AbortSignal.any([timeout, callerGone]),
          ),
        { within: 'process' },
      )
      .catch((error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        throw new Problem(forwardProblems.middle_tier_unavailable, {
          detail: 'Try again in a moment.',
          cause: error,
        });
      });
    for (const name of returnedHeaders) {
      const value = answer.headers[name];
      if (value !== undefined) response.set(name, value);
    }
    response.status(answer.status).end(answer.body);
  }

  const withToken: RequestHandler = async (request, response) =>
    forward(request, response, await current.accessToken(request, response));
  const requireSession: RequestHandler = async (request, _response, next) => {
    await current.require(request);
    next();
  };
  const readBody = express.raw({ type: () => true, limit: '100kb', inflate: false });
  const handlers = [requireUserHeader, requireSession, readBody, withToken];
  route(routes, '/api/*path', { get: [requireUserHeader, withToken], post: handlers, delete: handlers });
  route(routes, '/problems/:code', { get: (request, response) => forward(request, response) });

  return { routes, dependencies: { middle_tier: middleTier.state }, close: transport.close };
}
