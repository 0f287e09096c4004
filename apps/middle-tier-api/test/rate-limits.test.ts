import { startTestIssuer } from '@obo/access-token/testing';
import { listen } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createMiddleTierApi, readConfiguration } from '../src/index.ts';

const api = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const spa = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';

// The minute of a limit does not pass on a slow machine.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

async function start(environment: Record<string, string>) {
  const issuer = await startTestIssuer({ audience: api, client: spa, scope: 'access_as_user' });
  const configuration = readConfiguration({
    ...issuer.environment,
    CLIENT_ID: api,
    CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
    ALLOWED_CLIENT_IDS: spa,
    ALLOWED_ORIGINS: 'http://localhost:3000',
    DOWNSTREAM_API_BASE_URL: 'http://localhost:1',
    DOWNSTREAM_API_APP_ID_URI: 'api://downstream',
    ...environment,
  });
  const { app, close } = createMiddleTierApi(configuration, createTestLogger('middle-tier-api'));
  const server = await listen(app, { host: 'localhost', port: 0 });
  onTestFinished(async () => void (await Promise.all([server.close(), issuer.close(), close()])));
  const as = async (objectId: string) => ({
    authorization: `Bearer ${await issuer.sign(issuer.claims({ oid: objectId }))}`,
  });
  const cancel = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/leave-requests/x`, { method: 'DELETE', headers });
  return { as, cancel };
}

test('RATE_LIMIT_PER_USER limits each user separately', async () => {
  const { as, cancel } = await start({ RATE_LIMIT_PER_USER: '1' });
  const [ada, grace] = [await as(crypto.randomUUID()), await as(crypto.randomUUID())];
  expect([(await cancel(ada)).status, (await cancel(ada)).status, (await cancel(grace)).status]).toEqual([
    400, 429, 400,
  ]);
});

test('RATE_LIMIT_PER_ADDRESS limits all callers with the address together', async () => {
  const { as, cancel } = await start({ RATE_LIMIT_PER_ADDRESS: '1' });
  const [ada, grace] = [await as(crypto.randomUUID()), await as(crypto.randomUUID())];
  expect([(await cancel(ada)).status, (await cancel(grace)).status]).toEqual([400, 429]);
});

test('TRUSTED_PROXY_HOPS decides whether a forwarded address counts', async () => {
  const from = (address: string) => ({ 'x-forwarded-for': address });
  for (const [hops, second] of [
    ['0', 429],
    ['1', 401],
  ] as const) {
    const { cancel } = await start({ RATE_LIMIT_PER_ADDRESS: '1', TRUSTED_PROXY_HOPS: hops });
    expect([(await cancel(from('192.0.2.1'))).status, (await cancel(from('192.0.2.2'))).status]).toEqual([
      401,
      second,
    ]);
  }
});

test('by default a user has 300 requests per minute, and an address 3,000', async () => {
  const { as, cancel } = await start({});
  const { headers } = await cancel(await as(crypto.randomUUID()));
  expect(headers.get('ratelimit')).toMatch(/^"address"; r=2999; t=\d+, "user"; r=299; t=\d+$/);
});
