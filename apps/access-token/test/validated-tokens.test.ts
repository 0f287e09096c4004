import { createLogger } from '@obo/service-defaults/observability';
import { createHealth, createService, type Listening, listen, route } from '@obo/service-defaults/server';
import { type RequestHandler, Router } from 'express';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AccessTokenGuard, accessTokenOf, createAccessTokenGuard } from '../src/guard.ts';
import { validators } from '../src/verify-token.ts';
import { api, client, type Forge, otherApi, scope, startForge, tenantId } from '../testing/forge.ts';

const seconds = (count: number): number => count * 1_000;
const minutes = (count: number): number => count * 60_000;

describe.each(validators)('a token that %s verified', (validator) => {
  let forge: Forge;
  let guard: AccessTokenGuard;
  let server: Listening;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    forge = await startForge();
    guard = createGuard([client]);
    server = await serve(guard);
  });

  afterEach(async () => {
    vi.useRealTimers();
    await server.close();
    await forge.close();
  });

  const createGuard = (allowedClientIds: string[]): AccessTokenGuard =>
    createAccessTokenGuard({
      authority: {
        url: forge.issuer,
        tenantId,
        issuer: forge.issuer,
        jwksUri: forge.jwksUri,
        metadata: undefined,
      },
      clientId: api,
      allowedClientIds,
      validator,
    });

  function serve({ requireScope, ready }: AccessTokenGuard): Promise<Listening> {
    const routes = Router();
    const who: RequestHandler = (_request, response) =>
      void response.json({ oid: accessTokenOf(response).claims.oid });
    route(routes, '/who', { get: [requireScope(scope), who] });
    route(routes, '/other', { get: [requireScope('Other.Scope'), who] });
    const logger = createLogger('test', 'silent');
    const app = createService({ logger, health: createHealth({ keys: ready }), openapi: {}, routes });
    return listen(app, { host: 'localhost', port: 0 });
  }

  /** Returns `verified` or `cached` for a 200, otherwise the status. */
  async function ask(token: string, path = '/who', { url } = server): Promise<string> {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    await response.body?.cancel();
    if (response.status !== 200) return String(response.status);
    const timing = response.headers.get('server-timing') ?? '';
    return /validate_token;dur=[\d.]+;desc="cache"/.test(timing) ? 'cached' : 'verified';
  }

  test('is not verified again for five minutes', async () => {
    const token = forge.valid();
    expect(await ask(token)).toBe('verified');
    expect(await ask(token)).toBe('cached');
    vi.setSystemTime(Date.now() + minutes(5) - seconds(1));
    expect(await ask(token)).toBe('cached');
    vi.setSystemTime(Date.now() + seconds(2));
    expect(await ask(token)).toBe('verified');
    expect(await ask(token)).toBe('cached');
  });

  test('is rejected once it has expired', async () => {
    const token = forge.valid({ exp: forge.now + 100 });
    expect(await ask(token)).toBe('verified');
    vi.setSystemTime((forge.now + 159) * 1_000);
    expect(await ask(token)).toBe('cached');
    vi.setSystemTime((forge.now + 160) * 1_000);
    expect(await ask(token)).toBe('401');
  });

  test('is rejected when the clock was set back to before it was issued', async () => {
    const token = forge.valid();
    expect(await ask(token)).toBe('verified');
    vi.setSystemTime(Date.now() - minutes(5));
    expect(await ask(token)).toBe('401');
  });

  test('is rejected within ten minutes after its key was withdrawn', async () => {
    const token = forge.valid();
    await ask(token);
    vi.setSystemTime(Date.now() + minutes(9));
    expect(await ask(token)).toBe('verified');
    forge.publish('next');
    expect(await ask(token)).toBe('cached');
    vi.setSystemTime(Date.now() + minutes(1) + seconds(1));
    expect(await ask(token)).toBe('401');
  });

  test('is rejected as soon as the withdrawal of its key is known', async () => {
    const token = forge.valid();
    await ask(token);
    forge.publish('next');
    expect(await ask(forge.next())).toBe('verified');
    expect(await ask(token)).toBe('401');
  });

  test('stays cached when another key is published in addition', async () => {
    const token = forge.valid();
    await ask(token);
    forge.publish('both');
    expect(await ask(forge.next())).toBe('verified');
    expect(await ask(token)).toBe('cached');
  });

  test('and cached for one route permits nothing on another', async () => {
    const token = forge.valid();
    await ask(token);
    expect(await ask(token, '/other')).toBe('403');
    expect(await ask(token)).toBe('cached');
  });

  test('but that lacks the permission is not cached', async () => {
    const token = forge.valid({ scp: 'Something.Else' });
    expect(await ask(token)).toBe('403');
    const both = forge.valid({ scp: `${scope} Other.Scope` });
    expect(await ask(both)).toBe('verified');
    expect(await ask(both, '/other')).toBe('cached');
  });

  test('does not vouch for a token that differs in one bit', async () => {
    const token = forge.valid();
    await ask(token);
    const [head = '', payload = '', signature = ''] = token.split('.');
    const flip = (part: string, at: number) =>
      `${part.slice(0, at)}${part[at] === 'A' ? 'B' : 'A'}${part.slice(at + 1)}`;
    for (const at of [0, 20, 170, 330])
      expect(await ask(`${head}.${payload}.${flip(signature, at)}`)).toBe('401');
    expect(await ask(`${head}.${flip(payload, 20)}.${signature}`)).toBe('401');
    expect(await ask(`${flip(head, 20)}.${payload}.${signature}`)).toBe('401');
    expect(await ask(`${head}.${payload}.${forge.valid({ uti: 'y' }).split('.')[2]}`)).toBe('401');
    expect(await ask(token)).toBe('cached');
  });

  test('is verified again if the same bytes are encoded differently', async () => {
    const token = forge.valid();
    await ask(token);
    // The last of 342 characters carries four bits of the signature and two that mean nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.slice(-1));
    expect(await ask(token.slice(0, -1) + alphabet[last ^ 1])).toBe('verified');
  });

  test('is verified again after its user was forgotten; tokens of other users are not', async () => {
    const [hers, also, his] = [forge.valid(), forge.valid({ uti: 'y' }), forge.valid({ oid: otherApi })];
    for (const token of [hers, also, his]) await ask(token);
    guard.forget(`${tenantId}.${forge.claims().oid}`);
    expect(await Promise.all([hers, also, his].map((token) => ask(token)))).toEqual([
      'verified',
      'verified',
      'cached',
    ]);
  });

  test('for one policy is not accepted by another', async () => {
    const token = forge.valid();
    await ask(token);
    const stricter = await serve(createGuard([otherApi]));
    expect(await ask(token, '/who', stricter)).toBe('403');
    await stricter.close();
  });
});
