import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { failureLabRouter } from '../control-room/failure-lab.ts';
import { photoOf } from '../directory/users.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { signInName } from '../entra/tokens/user-claims.ts';
import { applicationSwitches } from './application-switches.ts';
import { environmentSwitches } from './environment-switches.ts';
import { tenantState } from './state.ts';
import { type PathParameters, type Switch, SwitchError, type SwitchResult } from './switch.ts';
import { userSwitches } from './user-switches.ts';

/** Every switch, in the order of the docs and of the control room. */
export const switches: readonly Switch[] = [...userSwitches, ...applicationSwitches, ...environmentSwitches];

/**
 * Serves the switches that no real tenant has, for trying what happens when keys rotate, tokens expire or an
 * administrator changes something. Changes require `Content-Type: application/json`, which pages from other origins
 * cannot send without CORS.
 */
export function createSwitches(entra: EntraServices): Router {
  const { directory } = entra;
  const router = express.Router();

  router.get('/users', (_request, response) => {
    response.json(directory.users.map((user) => ({ ...user, signInName: signInName(user) })));
  });
  router.get('/users/:id/photo', (request, response) => {
    const photo = photoOf(directory.findUser(request.params.id)?.id ?? '', '96x96');
    if (!photo) return void response.status(404).end();
    response.set('Cache-Control', 'private, max-age=3600').type('jpeg').send(photo);
  });
  router.get('/state', (_request, response) => void response.json(tenantState(entra)));
  router.get('/switches', (_request, response) => void response.json(switches));

  router.use(onlyJson, express.json({ limit: '10kb' }));
  router.use(failureLabRouter(entra, (request, body) => applySwitch(entra, request, body)));
  router.use(async (request, response, next) => {
    const { method, path } = request;
    const found = findSwitch(method, path);
    if (!found) return next();
    const body: unknown = request.body;
    const result = await found.one.apply(entra, found.parameters, body);
    logChange(entra, method, path, body);
    if (result.body) response.status(result.status).json(result.body);
    else response.status(result.status).end();
  });
  router.use((_request, response) => {
    response.status(404).json({
      error: 'not_found',
      error_description: 'Unknown switch. See infra/local-tenant/docs/change-the-local-tenant.md.',
    });
  });
  router.use(rejected);
  return router;
}

/**
 * Applies a switch, as its request does.
 *
 * @param request Method and path, with values for the parameters, e.g. `DELETE /signing-keys`.
 * @throws {SwitchError} if there is no such switch, or it rejects the request.
 */
export async function applySwitch(
  entra: EntraServices,
  request: string,
  body: unknown = {},
): Promise<SwitchResult> {
  const { method, path } = methodAndPath(request);
  const found = findSwitch(method, path);
  if (!found) throw new SwitchError(404, 'not_found', `Unknown switch: ${request}`);
  const result = await found.one.apply(entra, found.parameters, body);
  logChange(entra, method, path, body);
  return result;
}

function methodAndPath(request: string): { method: string; path: string } {
  const space = request.indexOf(' ');
  return { method: request.slice(0, space), path: request.slice(space + 1) };
}

const patterns = switches.map((one) => {
  const { method, path } = methodAndPath(one.request);
  return { one, method, segments: path.split('/') };
});

/** Finds the switch for a request, and the parameters in its path. */
function findSwitch(method: string, path: string): { one: Switch; parameters: PathParameters } | undefined {
  const sent = path.replace(/\/$/, '').split('/');
  for (const pattern of patterns) {
    if (pattern.method !== method || pattern.segments.length !== sent.length) continue;
    const parameters: Record<string, string> = {};
    const matches = pattern.segments.every((segment, index) => {
      const name = /^{(.+)}$/.exec(segment)?.[1];
      const value = sent[index] ?? '';
      if (name !== undefined) parameters[name] = decode(value);
      return name === undefined ? segment === value : value !== '';
    });
    if (matches) return { one: pattern.one, parameters };
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new SwitchError(400, 'invalid_request', 'The path is not encoded correctly.');
  }
}

/** Logs a change with its body, without passwords, and tells open pages of the control room. */
function logChange({ log, events }: EntraServices, method: string, path: string, body: unknown): void {
  events.publish('switch', { method, path });
  const text = JSON.stringify(body ?? {}, (name, value: unknown) => (name === 'password' ? '…' : value));
  log({ type: 'switch', message: `${method} ${path} ${text}`.slice(0, 300) });
}

export const onlyJson: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.is('application/json')) return next();
  response.status(415).json({
    error: 'invalid_request',
    error_description: 'Send Content-Type: application/json, with a body, e.g. {}.',
  });
};

const rejected: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof SwitchError)
    return void response.status(error.status).json({ error: error.error, error_description: error.message });
  if (!(error instanceof SyntaxError)) return next(error);
  response.status(400).json({ error: 'invalid_request', error_description: 'The body is not JSON.' });
};
