import type { RequestListener } from 'node:http';
import { close, listen } from '@obo/app-registration/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsFor } from '../src/commands.ts';
import { isFinding } from '../src/finding.ts';
import { checkProvider } from '../src/identity-provider/check-provider.ts';
import { expectedProvider } from '../src/identity-provider/expected-provider.ts';
import { readProvider } from '../src/identity-provider/read-provider.ts';

const tenantId = '5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30';
let running: Awaited<ReturnType<typeof listen>>;
let answer: RequestListener;
beforeAll(async () => {
  running = await listen((request, response) => answer(request, response));
});
afterAll(() => close(running.server));

const issuer = () => `${running.origin}/${tenantId}/v2.0`;
const keys = { keys: [{ kid: 'a', kty: 'RSA' }] };

/** An identity provider with this configuration and these keys. */
const provider =
  (configuration: object, published: object = keys): RequestListener =>
  (request, response) =>
    void response.end(JSON.stringify(request.url?.endsWith('/keys') ? published : configuration));
const configuration = () => ({ issuer: issuer(), jwks_uri: `${running.origin}/keys` });

async function check(now?: () => number) {
  const environment = {
    AUTHORITY: `https://login.example/${tenantId}`,
    AUTHORITY_METADATA: JSON.stringify(configuration()),
    TENANT_ID: tenantId,
  };
  const expected = expectedProvider(environment, running.origin);
  if (expected === null) throw new Error('No identity provider is expected.');
  const found = await readProvider(expected.url, now);
  return checkProvider(found, expected, 'local', commandsFor('local', undefined)).filter(isFinding);
}

test('the expected identity provider has no findings', async () => {
  answer = provider(configuration());
  expect(await check()).toEqual([]);
});

test.each<[number, string[]]>([
  [0, []],
  [55, []],
  [-55, []],
  [120, ['clock_inexact']],
  [-120, ['clock_inexact']],
  [400, ['clock_wrong']],
  [-400, ['clock_wrong']],
])('a clock that is %d seconds ahead: %j', async (ahead, ids) => {
  answer = provider(configuration());
  const findings = await check(() => Date.now() + ahead * 1000);
  expect(findings.map(({ id }) => id)).toEqual(ids);
  if (ids.length > 0) expect(findings[0]?.problem).toContain(ahead > 0 ? 'ahead of' : 'behind');
});

test.each([
  { url: 'http://localhost:4400/authorize', insecure: false },
  { url: 'http://login.localhost:4400/authorize', insecure: false },
  { url: 'http://a.b.localhost/authorize', insecure: false },
  { url: 'http://127.0.0.1:4400/authorize', insecure: false },
  { url: 'http://[::1]:4400/authorize', insecure: false },
  { url: 'https://login.example/authorize', insecure: false },
  { url: 'http://login.example/authorize', insecure: true },
  { url: 'http://localhost.example/authorize', insecure: true },
  { url: 'http://notlocalhost/authorize', insecure: true },
])('$url needs https: $insecure', ({ url, insecure }) => {
  const environment = {
    AUTHORITY: `https://login.example/${tenantId}`,
    AUTHORITY_METADATA: JSON.stringify({ issuer: 'https://login.example/x', authorization_endpoint: url }),
    TENANT_ID: tenantId,
  };
  expect(expectedProvider(environment, null)?.insecure).toEqual(insecure ? [url] : []);
});

test('one that does not answer is reported, with the reason', async () => {
  answer = (request) => void request.socket.destroy();
  expect(await check()).toEqual([
    expect.objectContaining({
      id: 'identity_provider_unreachable',
      problem: expect.stringMatching(/openid-configuration does not answer \(\w+\)\.$/),
      fix: 'Start it: `npx -y pnpm@12 start`.',
    }),
  ]);
});

test('one that does not know the tenant is reported, with its error', async () => {
  answer = (_request, response) =>
    void response.writeHead(400).end(
      JSON.stringify({
        error: 'invalid_tenant',
        error_description: 'AADSTS90002: Tenant not found.\r\nTrace',
      }),
    );
  expect(await check()).toEqual([
    expect.objectContaining({
      id: 'tenant_unknown',
      problem: expect.stringMatching(
        /does not return an OpenID configuration: AADSTS90002: Tenant not found\.$/,
      ),
    }),
  ]);
});

test('another issuer, and missing keys, are reported', async () => {
  answer = provider({ ...configuration(), issuer: 'https://sts.example/' }, { keys: [] });
  expect((await check()).map(({ id }) => id)).toEqual(['issuer_differs', 'signing_keys_missing']);
  answer = provider(configuration(), { error: 'no' });
  expect((await check()).map(({ id }) => id)).toEqual(['signing_keys_missing']);
});

test('without metadata, the issuer follows from the authority and the tenant', () => {
  const environment = { AUTHORITY: `https://login.example/${tenantId}/`, TENANT_ID: tenantId };
  expect(expectedProvider(environment, null)).toEqual({
    url: `https://login.example/${tenantId}/v2.0/.well-known/openid-configuration`,
    issuer: `https://login.example/${tenantId}/v2.0`,
    isFromMetadata: false,
    insecure: [],
  });
  expect(expectedProvider({}, null)).toBeNull();
});
