import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { type Rejection, testRejections } from './rejections.ts';
import { requestToken, secret, spaOrigin, startTenant, type TestTenant, webRedirectUri } from './tenant.ts';
import {
  clientCredentials,
  fromSpa,
  getCode,
  redeem,
  resign,
  revoke,
  withAssertion,
} from './token-requests.ts';
import { names, onBehalfOf, refresh, signInToSpa } from './users.ts';

/** Gets a code for the middle tier, which is a web application, and returns the body with which it redeems the code. */
async function redeemAsWeb(
  tenant: TestTenant,
  parameters: Record<string, string | undefined> = {},
  changes: Record<string, string> = {},
) {
  const client = { client_id: tenant.apps.middleTier, redirect_uri: webRedirectUri };
  const scope = `api://${tenant.apps.downstream}/Leave.Read offline_access`;
  const code = await getCode(tenant, { ...client, scope, ...parameters });
  return redeem(tenant, code, { ...client, client_secret: secret, ...changes });
}

/** Gets a refresh token for the middle tier, and returns the body with which it redeems the token. */
async function refreshAsWeb(tenant: TestTenant, changes: Record<string, string> = {}) {
  const { body } = await requestToken(tenant, await redeemAsWeb(tenant));
  const client = { client_id: tenant.apps.middleTier, client_secret: secret, scope: '' };
  return refresh(tenant, String(body.refresh_token), { ...client, ...changes });
}

testRejections([
  ...['code', 'redirect_uri'].map(
    (parameter): Rejection => ({
      number: 900144,
      when: `${parameter} is missing from the redemption of a code`,
      error: 'invalid_request',
      send: async (tenant) =>
        requestToken(tenant, redeem(tenant, await getCode(tenant), { [parameter]: '' }), fromSpa),
    }),
  ),
  {
    number: 900144,
    when: 'refresh_token is missing',
    error: 'invalid_request',
    send: (tenant) => requestToken(tenant, refresh(tenant, ''), fromSpa),
  },
  {
    number: 50013,
    when: 'the assertion was issued by another tenant',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) =>
        resign(tenant, access_token, { iss: `${tenant.baseUrl}/${randomUUID()}/v2.0` }),
      ),
  },
  {
    number: 50034,
    when: 'the user of the assertion no longer exists',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        Object.defineProperty(tenant.directory, 'findUser', { value: () => undefined });
        return access_token;
      }),
  },
  {
    number: 50133,
    when: 'the sign-in of the assertion cannot be read',
    error: 'invalid_grant',
    suberror: 'bad_token',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => resign(tenant, access_token, { aio: 'altered' })),
  },
  {
    number: 500133,
    when: 'the assertion is not valid yet',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) =>
        resign(tenant, access_token, { nbf: Math.floor(tenant.now().getTime() / 1000) + 60 }),
      ),
  },
  {
    number: 500133,
    when: 'the assertion has no expiry time',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => resign(tenant, access_token, { exp: undefined })),
  },
  {
    number: 501481,
    when: 'a code verifier is sent for a code without a challenge',
    error: 'invalid_grant',
    send: async (tenant) =>
      requestToken(
        tenant,
        await redeemAsWeb(tenant, { code_challenge: undefined, code_challenge_method: undefined }),
      ),
  },
  {
    number: 501481,
    when: 'the code verifier is the challenge, and the method is S256',
    error: 'invalid_grant',
    async send(tenant) {
      const code_challenge = 'c'.repeat(43);
      return requestToken(
        tenant,
        await redeemAsWeb(tenant, { code_challenge }, { code_verifier: code_challenge }),
      );
    },
  },
  {
    number: 50173,
    when: 'the sign-in was revoked before its code was redeemed',
    error: 'invalid_grant',
    suberror: 'bad_token',
    async send(tenant) {
      const code = await getCode(tenant);
      revoke(tenant, names.employee);
      return requestToken(tenant, redeem(tenant, code), fromSpa);
    },
  },
  {
    number: 700007,
    when: 'the refresh token was issued to another client',
    error: 'invalid_grant',
    async send(tenant) {
      const { refresh_token } = await signInToSpa(tenant);
      return requestToken(
        tenant,
        refresh(tenant, refresh_token, { client_id: tenant.apps.middleTier, client_secret: secret }),
        fromSpa,
      );
    },
  },
  {
    number: 70000,
    when: 'the code is unknown',
    error: 'invalid_grant',
    send: (tenant) => requestToken(tenant, redeem(tenant, `1.${'A'.repeat(80)}`), fromSpa),
  },
  ...[`x1.${'A'.repeat(80)}`, `1.${'A'.repeat(80)}!`].map(
    (token): Rejection => ({
      number: 9002313,
      when: `the refresh token is ${token.slice(0, 3)}…${token.slice(-1)}`,
      error: 'invalid_grant',
      send: (tenant) => requestToken(tenant, refresh(tenant, token), fromSpa),
    }),
  ),
  {
    number: 7000218,
    when: 'a web application redeems its code without authentication',
    error: 'invalid_client',
    status: 401,
    send: async (tenant) => requestToken(tenant, await redeemAsWeb(tenant, {}, { client_secret: '' })),
  },
  {
    number: 7000218,
    when: 'a web application redeems its refresh token without authentication',
    error: 'invalid_client',
    status: 401,
    send: async (tenant) => requestToken(tenant, await refreshAsWeb(tenant, { client_secret: '' })),
  },
  {
    number: 9002326,
    when: 'a page redeems a refresh token of an application that is not a single-page application',
    error: 'invalid_request',
    send: async (tenant) => requestToken(tenant, await refreshAsWeb(tenant), fromSpa),
  },
  {
    number: 50013,
    when: 'the assertion was altered',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        const [header, , signature] = access_token.split('.');
        const claims = Buffer.from(JSON.stringify({ ...decodeJwt(access_token), name: 'Somebody Else' }));
        return `${header}.${claims.toString('base64url')}.${signature}`;
      }),
  },
  {
    number: 50013,
    when: 'the assertion is signed with a withdrawn key',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, async ({ access_token }) => {
        await tenant.signingKeys.rotate();
        tenant.signingKeys.withdraw();
        return access_token;
      }),
  },
  {
    number: 50027,
    when: 'the assertion is not a JWT',
    error: 'invalid_grant',
    send: (tenant) => requestToken(tenant, onBehalfOf(tenant, 'not-a-token')),
  },
  {
    number: 50057,
    when: 'the account of the refresh token is disabled',
    error: 'invalid_grant',
    async send(tenant) {
      const { refresh_token } = await signInToSpa(tenant);
      const user = tenant.directory.findUser(names.employee);
      Object.defineProperty(tenant.directory, 'findUser', {
        value: () => user && { ...user, accountEnabled: false },
      });
      return requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    },
  },
  {
    number: 50133,
    when: 'the sessions of the assertion were revoked',
    error: 'invalid_grant',
    suberror: 'bad_token',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        revoke(tenant, names.employee);
        return access_token;
      }),
  },
  {
    number: 50173,
    when: 'the refresh token was revoked',
    error: 'invalid_grant',
    suberror: 'bad_token',
    async send(tenant) {
      const { refresh_token } = await signInToSpa(tenant);
      revoke(tenant, names.employee);
      return requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    },
  },
  {
    number: 500112,
    when: 'the code was issued to another redirect URI',
    error: 'invalid_client',
    status: 401,
    send: async (tenant) =>
      requestToken(
        tenant,
        redeem(tenant, await getCode(tenant), { redirect_uri: `${spaOrigin}/other` }),
        fromSpa,
      ),
  },
  {
    number: 500131,
    when: 'the assertion has another audience',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) =>
        resign(tenant, access_token, { aud: tenant.apps.downstream }),
      ),
  },
  {
    number: 500133,
    when: 'the assertion has expired',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        tenant.advance(tenant.lifetimes.accessToken + 1);
        return access_token;
      }),
  },
  {
    number: 501481,
    when: 'the code verifier does not match',
    error: 'invalid_grant',
    send: async (tenant) =>
      requestToken(tenant, redeem(tenant, await getCode(tenant), { code_verifier: 'x'.repeat(43) }), fromSpa),
  },
  {
    number: 501481,
    when: 'the code verifier is missing',
    error: 'invalid_grant',
    send: async (tenant) =>
      requestToken(tenant, redeem(tenant, await getCode(tenant), { code_verifier: '' }), fromSpa),
  },
  {
    number: 54005,
    when: 'the code was already redeemed',
    error: 'invalid_grant',
    async send(tenant) {
      const code = await getCode(tenant);
      await requestToken(tenant, redeem(tenant, code), fromSpa);
      return requestToken(tenant, redeem(tenant, code), fromSpa);
    },
  },
  {
    number: 70000,
    when: 'the refresh token is unknown',
    error: 'invalid_grant',
    send: (tenant) => requestToken(tenant, refresh(tenant, `1.${'A'.repeat(80)}`), fromSpa),
  },
  {
    number: 700007,
    when: 'the code was issued to another client',
    error: 'invalid_grant',
    send: async (tenant) =>
      requestToken(
        tenant,
        redeem(tenant, await getCode(tenant), { client_id: tenant.apps.middleTier, client_secret: secret }),
      ),
  },
  {
    number: 70003,
    withoutPage: true,
    when: 'the grant is unknown',
    error: 'unsupported_grant_type',
    send: (tenant) => requestToken(tenant, { grant_type: 'wish', client_id: tenant.apps.spa }),
  },
  {
    number: 70008,
    when: 'the code has expired',
    error: 'invalid_grant',
    async send(tenant) {
      const code = await getCode(tenant);
      tenant.advance(tenant.lifetimes.authorizationCode + 1);
      return requestToken(tenant, redeem(tenant, code), fromSpa);
    },
  },
  {
    number: 700082,
    when: 'the refresh token of a web application has expired',
    error: 'invalid_grant',
    async send(tenant) {
      const tokens = await withAssertion(tenant, ({ access_token }) => access_token, {
        scope: `api://${tenant.apps.downstream}/Leave.Read offline_access`,
      });
      tenant.advance(tenant.lifetimes.refreshToken + 1);
      return requestToken(tenant, {
        grant_type: 'refresh_token',
        client_id: tenant.apps.middleTier,
        client_secret: secret,
        refresh_token: String(tokens.body.refresh_token),
      });
    },
  },
  {
    number: 700084,
    when: 'the refresh token of a single-page application has expired',
    error: 'invalid_grant',
    async send(tenant) {
      const { refresh_token } = await signInToSpa(tenant);
      tenant.advance(tenant.lifetimes.spaRefreshToken + 1);
      return requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    },
  },
  {
    number: 7000114,
    when: 'the assertion is an application’s own token',
    error: 'unauthorized_client',
    async send(tenant) {
      const { body } = await requestToken(
        tenant,
        clientCredentials(tenant, { scope: `${tenant.apps.middleTier}/.default` }),
      );
      return requestToken(tenant, onBehalfOf(tenant, String(body.access_token)));
    },
  },
  {
    number: 240002,
    when: 'the assertion is an ID token',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ id_token = '' }) => resign(tenant, id_token, { aud: tenant.apps.middleTier })),
  },
  {
    number: 9002313,
    when: 'the code is malformed',
    error: 'invalid_grant',
    send: (tenant) => requestToken(tenant, redeem(tenant, 'what code?'), fromSpa),
  },
  {
    number: 9002326,
    when: 'a page redeems a code of an application that is not a single-page application',
    error: 'invalid_request',
    async send(tenant) {
      const code = await getCode(tenant, {
        client_id: tenant.apps.middleTier,
        redirect_uri: webRedirectUri,
        scope: `api://${tenant.apps.downstream}/Leave.Read`,
      });
      const body = { client_id: tenant.apps.middleTier, redirect_uri: webRedirectUri, client_secret: secret };
      return requestToken(tenant, redeem(tenant, code, body), fromSpa);
    },
  },
  {
    number: 9002327,
    when: 'a code of a single-page application is redeemed by something other than a page',
    error: 'invalid_request',
    send: async (tenant) => requestToken(tenant, redeem(tenant, await getCode(tenant))),
  },
  {
    number: 9002327,
    when: 'a refresh token of a single-page application is redeemed by something other than a page',
    error: 'invalid_request',
    send: async (tenant) => requestToken(tenant, refresh(tenant, (await signInToSpa(tenant)).refresh_token)),
  },
]);

test.each<[string, string, (tenant: TestTenant, token: string) => string | Promise<string>]>([
  [
    'another tenant',
    'The token was issued by another tenant.',
    (tenant, token) => resign(tenant, token, { iss: `${tenant.baseUrl}/${randomUUID()}/v2.0` }),
  ],
  [
    'a key that is not published',
    'The key was not found.',
    async (tenant, token) => {
      await tenant.signingKeys.rotate();
      tenant.signingKeys.withdraw();
      return token;
    },
  ],
  [
    'a signature that does not verify',
    'Key was found, but use of the key to verify the signature failed.',
    (_tenant, token) => `${token.slice(0, -20)}${'A'.repeat(20)}`,
  ],
])('AADSTS50013 for %s says so', async (title, reason, change) => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  const { kid = '' } = decodeProtectedHeader(access_token);
  const { body } = await requestToken(tenant, onBehalfOf(tenant, await change(tenant, access_token)));
  const thumbprint =
    title === 'another tenant' ? '' : Buffer.from(kid, 'base64url').toString('hex').toUpperCase();
  expect(body.error_description).toContain(
    `[Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}'].`,
  );
});

test.each<[string, (tenant: TestTenant) => Promise<object>]>([
  ['a code of a web application', (tenant) => redeemAsWeb(tenant)],
  [
    'a code without a challenge, of a web application',
    (tenant) =>
      redeemAsWeb(
        tenant,
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_verifier: '' },
      ),
  ],
  [
    'a code with the challenge itself as verifier, for the method plain',
    (tenant) =>
      redeemAsWeb(
        tenant,
        { code_challenge: 'c'.repeat(43), code_challenge_method: 'plain' },
        { code_verifier: 'c'.repeat(43) },
      ),
  ],
  ['a refresh token of a web application', (tenant) => refreshAsWeb(tenant)],
  [
    'a code of an application that is registered as public, without authentication',
    (tenant) => {
      allowPublicClient(tenant);
      return redeemAsWeb(tenant, {}, { client_secret: '' });
    },
  ],
  [
    'a refresh token of an application that is registered as public, without authentication',
    (tenant) => {
      allowPublicClient(tenant);
      return refreshAsWeb(tenant, { client_secret: '' });
    },
  ],
  [
    'an assertion for the identifier URI',
    async (tenant) => {
      const { access_token } = await signInToSpa(tenant);
      return onBehalfOf(
        tenant,
        await resign(tenant, access_token, { aud: `api://${tenant.apps.middleTier}` }),
      );
    },
  ],
  [
    'an assertion, with the type of the token spelled in another way',
    async (tenant) => onBehalfOf(tenant, (await signInToSpa(tenant)).access_token, { token_type: 'BEARER' }),
  ],
])('%s is redeemed', async (_title, make) => {
  const tenant = await startTenant();
  const { body } = await requestToken(tenant, { ...(await make(tenant)) });
  expect(body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
});

function allowPublicClient(tenant: TestTenant): void {
  const application = tenant.directory.findApplication(tenant.apps.middleTier);
  if (application) application.isFallbackPublicClient = true;
}

test('an error contains the client’s correlation ID', async () => {
  const tenant = await startTenant();
  const id = randomUUID();
  const { body } = await requestToken(tenant, { grant_type: 'wish', 'client-request-id': id });
  expect(body.correlation_id).toBe(id);
});
