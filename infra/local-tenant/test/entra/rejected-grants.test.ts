import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { testRejections } from './rejections.ts';
import { requestToken, secret, spaOrigin, startTenant, webRedirectUri } from './tenant.ts';
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

testRejections([
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

test('an error contains the client’s correlation ID', async () => {
  const tenant = await startTenant();
  const id = randomUUID();
  const { body } = await requestToken(tenant, { grant_type: 'wish', 'client-request-id': id });
  expect(body.correlation_id).toBe(id);
});
