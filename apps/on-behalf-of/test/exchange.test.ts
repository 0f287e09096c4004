import { makeAccessToken } from '@obo/access-token/testing';
import { expect, test } from 'vitest';
import { tokenAuthority } from '../src/token-authority.ts';
import { type Instance, startInstanceForEachTest } from './instance.ts';
import { issue, reject, type TokenAnswer, type TokenEndpoint, type TokenRequest } from './token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read'];
const other = '9a0b8c7d-6e5f-4a3b-8c2d-1e0f9a8b7c6d';

let endpoint: TokenEndpoint;
let instance: Instance;
startInstanceForEachTest((...started) => {
  [endpoint, instance] = started;
});

test('a token is exchanged at the tenant that the user signed in to', async () => {
  const { tenantId } = endpoint.authority;
  await instance.acquire(makeAccessToken({ tid: tenantId }), graph);
  await instance.acquire(makeAccessToken({ tid: other }), graph);
  await instance.acquire(makeAccessToken({ tid: tenantId }), graph);
  expect(endpoint.requests.map(({ tenant }) => tenant)).toEqual([tenantId, other, tenantId]);
});

test('an exchange says that clients of this API can answer a claims challenge', async () => {
  await instance.acquire(makeAccessToken(), graph);
  const [request] = endpoint.requests;
  expect(JSON.parse(request?.parameters.claims ?? '')).toMatchObject({
    access_token: { xms_cc: { values: ['CP1'] } },
  });
});

test.each<[string, (request: TokenRequest) => TokenAnswer]>([
  ['with status 201', (request) => ({ ...issue(request), status: 201 })],
  ['with status 400', (request) => ({ ...issue(request), status: 400 })],
  ['without a token', (request) => issue(request, { access_token: undefined })],
  ['for another user', (request) => issue({ ...request, oid: other })],
  ['for the same object ID in another tenant', (request) => issue({ ...request, tid: other })],
])('a token response %s is rejected, and nothing of it is cached', async (_title, answer) => {
  const token = makeAccessToken();
  endpoint.behave(answer);
  await expect(instance.acquire(token, graph)).rejects.toMatchObject({ code: 'token_exchange_failed' });
  expect(instance.find(token, graph)).toBeUndefined();
});

test.each<[string, TokenAnswer]>([
  ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example' }, body: {} }],
  ['half a megabyte', { status: 200, body: { access_token: 'x'.repeat(600_000) } }],
])(
  'a token response with %s is unexpected, and the problem names the identity provider',
  async (_title, answer) => {
    endpoint.behave(() => answer);
    await expect(instance.acquire(makeAccessToken(), graph)).rejects.toMatchObject({
      code: 'token_exchange_failed',
      status: 502,
      extensions: { dependency: 'identity_provider' },
    });
  },
);

test.each<[string, TokenAnswer, object]>([
  ['fails', { status: 500, body: {} }, { reason: 'failing', retryAfter: 5 }],
  ['is busy', reject(1, 'temporarily_unavailable'), { reason: 'failing', retryAfter: 5 }],
  [
    'throttles',
    { status: 429, headers: { 'retry-after': '60' }, body: {} },
    { reason: 'throttled', retryAfter: 60 },
  ],
])(
  'an identity provider that %s is unavailable, and the answer says why and for how long',
  async (_title, answer, extensions) => {
    endpoint.behave(() => answer);
    await expect(instance.acquire(makeAccessToken(), graph)).rejects.toMatchObject({
      code: 'identity_provider_unavailable',
      status: 503,
      message: expect.stringContaining('Try again later'),
      extensions: { dependency: 'identity_provider', ...extensions },
    });
  },
);

test('a claims challenge refers to the tenant that the user signed in to', async () => {
  endpoint.behave(() => reject(50076, 'interaction_required', { claims: '{"access_token":{}}' }));
  const problem = instance.acquire(makeAccessToken({ tid: other }), graph);
  await expect(problem).rejects.toMatchObject({
    code: 'insufficient_claims',
    headers: {
      'WWW-Authenticate': expect.stringMatching(
        new RegExp(`authorization_uri="https://localhost:\\d+/${other}/oauth2/v2.0/authorize"`),
      ),
    },
  });
});

test('an authority with a domain name keeps it for users of its own tenant', () => {
  const authority = { ...endpoint.authority, url: 'https://login.example/contoso.com', metadata: undefined };
  const known = { knownAuthorities: ['login.example'] };
  expect(tokenAuthority(authority, authority.tenantId)).toEqual({ ...known, authority: authority.url });
  expect(tokenAuthority(authority, other)).toEqual({ ...known, authority: `https://login.example/${other}` });
});
