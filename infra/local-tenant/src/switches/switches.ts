import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { photoOf } from '../directory/users.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { signInName } from '../entra/tokens/user-claims.ts';
import { directorySwitches } from './directory-switches.ts';
import { forgetConsents, forgetSessions } from './forget.ts';
import { readSwitch } from './read-switch.ts';

const tenYears = 10 * 365 * 86_400;
const seconds = z.int().min(0).max(tenYears);
const lifetimesSchema = z
  .strictObject({
    accessToken: seconds,
    renewal: seconds.nullable(),
    refreshToken: seconds,
    spaRefreshToken: seconds,
    authorizationCode: seconds,
    deviceCode: seconds,
    devicePolling: seconds,
    session: seconds,
  })
  .partial();
const clockSchema = z.strictObject({ ahead: z.int().min(-tenYears).max(tenYears) });

/**
 * Switches that no real tenant has, for trying what happens when keys rotate, tokens expire or an administrator
 * changes something. Changes require `Content-Type: application/json`, which pages from other origins cannot send
 * without CORS.
 */
export function createSwitches(entra: EntraServices): Router {
  const { directory, signingKeys, lifetimes } = entra;
  const router = express.Router();
  const publishedKids = () => signingKeys.published().map(({ kid }) => kid);

  router.get('/users', (_request, response) => {
    response.json(directory.users.map((user) => ({ ...user, signInName: signInName(user) })));
  });
  router.get('/users/:id/photo', (request, response) => {
    const photo = photoOf(directory.findUser(request.params.id)?.id ?? '', '96x96');
    if (!photo) return void response.status(404).end();
    response.set('Cache-Control', 'private, max-age=3600').type('jpeg').send(photo);
  });

  router.use(onlyJson, express.json({ limit: '10kb' }), logChanges(entra));
  router.post('/signing-keys', async (_request, response) => {
    await signingKeys.rotate();
    response.status(201).json({ signsWith: signingKeys.current().kid, published: publishedKids() });
  });
  router.delete('/signing-keys', (_request, response) => {
    signingKeys.withdraw();
    response.json({ signsWith: signingKeys.current().kid, published: publishedKids() });
  });
  router.patch('/lifetimes', (request, response) => {
    const changes = readSwitch(lifetimesSchema, request.body, response);
    if (changes) response.json(Object.assign(lifetimes, changes));
  });
  router.put('/clock', (request, response) => {
    const clock = readSwitch(clockSchema, request.body, response);
    if (!clock) return;
    entra.clock.ahead = clock.ahead;
    response.json({ now: entra.now() });
  });
  router.delete('/consents{/:appId}', (request, response) => {
    forgetConsents(entra, request.params.appId);
    response.status(204).end();
  });
  router.delete('/sessions', (_request, response) => {
    forgetSessions(entra);
    response.status(204).end();
  });
  router.use(directorySwitches(entra));
  router.use((_request, response) => {
    response.status(404).json({
      error: 'not_found',
      error_description: 'Unknown switch. See infra/local-tenant/docs/change-the-local-tenant.md.',
    });
  });
  router.use(unreadable);
  return router;
}

/** Logs each change with its body, which holds no secret. */
const logChanges =
  ({ log }: EntraServices): RequestHandler =>
  (request, response, next) => {
    const { method, path } = request;
    response.once('finish', () => {
      const body: unknown = request.body;
      if (method === 'GET' || response.statusCode >= 400) return;
      log({ type: 'switch', message: `${method} ${path} ${JSON.stringify(body ?? {})}`.slice(0, 300) });
    });
    next();
  };

const onlyJson: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.is('application/json')) return next();
  response.status(415).json({
    error: 'invalid_request',
    error_description: 'Send Content-Type: application/json, with a body, e.g. {}.',
  });
};

const unreadable: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).json({ error: 'invalid_request', error_description: 'The body is not JSON.' });
};
