import type { RequestListener } from 'node:http';
import { createHealth, createService, type Listening, listen, route } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { Router } from 'express';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAccessTokenGuard } from '../src/guard.ts';
import { validators } from '../src/verify-token.ts';
import { api, client, type Forge, otherTenantId, scope, startForge, tenantId } from '../testing/forge.ts';

const minutes = (count: number): number => count * 60_000;

/** Ways in which a key endpoint can fail. */
const faults: Record<string, RequestListener> = {
  'resets the connection': (request) => request.socket.destroy(),
  'never answers': () => {},
  'stops half-way': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"keys":[');
  },
  'answers 503 with HTML': (_request, response) =>
    void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>'),
  'answers 503 with JSON': (_request, response) => void response.writeHead(503).end('{"keys":[]}'),
  'answers 200 with HTML': (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>'),
  'answers 200 with JSON that holds no keys': (_request, response) => void response.end('{"error":"x"}'),
  'redirects to another host': (_request, response) =>
    void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
};

describe.each(validators)('with %s', (validator) => {
  let forge: Forge;
  let endpoint: Listening;
  let server: Listening;
  let fault: RequestListener | undefined;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    fault = undefined;
    forge = await startForge();
    endpoint = await listen(
      async (request, response) => {
        if (fault) return fault(request, response);
        const keys = await fetch(forge.jwksUri);
        response.end(await keys.text());
      },
      { host: 'localhost', port: 0 },
    );
    const guard = createAccessTokenGuard({
      authority: {
        url: forge.issuer,
        tenantId,
        issuer: forge.issuer,
        jwksUri: `${endpoint.url}/keys`,
        metadata: undefined,
      },
      clientId: api,
      allowedClientIds: [client],
      validator,
      keysDeadline: 1_000,
    });
    const routes = Router();
    route(routes, '/who', {
      get: [guard.requireScope(scope), (_request, response) => void response.json({})],
    });
    const logger = createTestLogger('test');
    const app = createService({
      logger,
      health: createHealth({ signing_keys: guard.ready }),
      openapi: {},
      routes,
    });
    server = await listen(app, { host: 'localhost', port: 0 });
  });

  afterEach(async () => {
    vi.useRealTimers();
    await server.close();
    await endpoint.close();
    await forge.close();
  });

  const statusFor = async (token: string): Promise<number> => {
    const response = await fetch(`${server.url}/who`, { headers: { authorization: `Bearer ${token}` } });
    await response.body?.cancel();
    return response.status;
  };
  const readiness = async (): Promise<number> => (await fetch(`${server.url}/readyz`)).status;

  test('a rotated key is accepted at once, and the old one while it is published', async () => {
    expect(await statusFor(forge.valid())).toBe(200);
    forge.publish('both');
    expect(await statusFor(forge.next())).toBe(200);
    expect(await statusFor(forge.valid())).toBe(200);
  });

  test('a flood of unknown keys becomes one request to the issuer', async () => {
    expect(await statusFor(forge.valid())).toBe(200);
    const before = forge.fetches();
    const flood = Array.from({ length: 200 }, (_, index) =>
      statusFor(forge.valid({}, { kid: `unknown-${index}` })),
    );
    expect(new Set(await Promise.all(flood))).toEqual(new Set([401]));
    expect(forge.fetches() - before).toBe(1);
    vi.setSystemTime(Date.now() + 31_000);
    forge.publish('both');
    expect(await statusFor(forge.next())).toBe(200);
  });

  test('a withdrawn key is rejected within ten minutes', async () => {
    expect(await statusFor(forge.valid())).toBe(200);
    forge.publish('next');
    vi.setSystemTime(Date.now() + minutes(10) + 1_000);
    expect(await statusFor(forge.valid())).toBe(401);
  });

  test('a key that replaces another under the same ID is used within ten minutes, and the old one no longer', async () => {
    expect(await statusFor(forge.valid())).toBe(200);
    forge.publish('replaced');
    vi.setSystemTime(Date.now() + minutes(10) + 1_000);
    expect(await statusFor(forge.valid())).toBe(401);
    expect(await statusFor(forge.signedBy('rogue'))).toBe(200);
  });

  test('a key that is assigned to another tenant verifies nothing within ten minutes', async () => {
    forge.publish('current', { issuer: forge.issuer });
    expect(await statusFor(forge.valid())).toBe(200);
    forge.publish('current', { issuer: forge.issuer.replace(tenantId, otherTenantId) });
    vi.setSystemTime(Date.now() + minutes(10) + 1_000);
    expect(await statusFor(forge.valid())).toBe(401);
  });

  test.each(Object.entries(faults))(
    'when the key endpoint %s at startup, the API answers 503 and then recovers',
    async (_title, listener) => {
      fault = listener;
      expect(await statusFor(forge.valid())).toBe(503);
      expect(await readiness()).toBe(503);
      fault = undefined;
      expect(await statusFor(forge.valid())).toBe(200);
      expect(await readiness()).toBe(200);
    },
  );

  test.each(Object.entries(faults))(
    'when the key endpoint %s later, the cached keys are used',
    async (_title, listener) => {
      expect(await statusFor(forge.valid())).toBe(200);
      fault = listener;
      vi.setSystemTime(Date.now() + minutes(11));
      expect(await statusFor(forge.valid())).toBe(200);
    },
  );

  test('keys that could not be refreshed for a day are no longer trusted', async () => {
    expect(await statusFor(forge.valid())).toBe(200);
    fault = faults['answers 503 with HTML'];
    vi.setSystemTime(Date.now() + minutes(24 * 60 + 1));
    const now = Math.floor(Date.now() / 1000);
    expect(await statusFor(forge.valid({ iat: now, nbf: now, exp: now + 3600 }))).toBe(503);
  });

  test('an issuer that is down makes the service not ready, but it stays alive', async () => {
    fault = faults['resets the connection'];
    expect(await readiness()).toBe(503);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });
});
