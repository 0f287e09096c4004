import { beforeEach, describe, expect, test } from 'vitest';
import { password } from '../../src/directory/users.ts';
import { signInOverHttp } from '../../src/index.ts';
import { spaOrigin, spaRedirectUri, startTenant, type TestTenant } from '../entra/tenant.ts';
import { callGraphAs, callGraphAsAdministrator, callGraphWith, user } from './graph-caller.ts';

const handlesChallenges = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } });

describe('a request is rejected with 401 InvalidAuthenticationToken', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant();
  });

  const ownToken = async () => (await callGraphAs(tenant, user('manager'), ['User.Read'])).accessToken;
  const tokenForOtherResource = async () => {
    const { access_token } = await signInOverHttp({
      authorityMetadata: tenant.authorityMetadata,
      clientId: tenant.apps.spa,
      redirectUri: spaRedirectUri,
      origin: spaOrigin,
      scopes: [tenant.spaScope],
      username: user('manager').userPrincipalName,
      password,
      consent: 'accept',
    });
    return access_token;
  };
  const tampered = async () => {
    const [header, payload, signature = ''] = (await ownToken()).split('.');
    return [
      header,
      payload,
      signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
    ].join('.');
  };
  const expired = async () => {
    const token = await ownToken();
    tenant.advance(3601);
    return token;
  };

  test.each([
    ['without a token', async () => '', 'Access token is empty.'],
    [
      'with an opaque string',
      async () => 'opaque',
      'IDX14100: JWT is not well formed, there are no dots (.).',
    ],
    [
      'with a token for another resource',
      tokenForOtherResource,
      'Access token validation failure. Invalid audience.',
    ],
    ['with a changed signature', tampered, 'Signature is invalid.'],
    ['after the token expired', expired, 'Lifetime validation failed, the token is expired.'],
  ])('%s', async (_what, tokenOf, message) => {
    const { status, error, headers } = await callGraphWith(tenant, await tokenOf()).get('/me');
    expect({ status, error }).toMatchObject({
      status: 401,
      error: { code: 'InvalidAuthenticationToken', message },
    });
    expect(headers.get('www-authenticate')).toBe(
      `Bearer realm="", authorization_uri="${tenant.baseUrl}/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
    );
  });

  test('with another scheme', async () => {
    const { error } = await callGraphWith(tenant, '').request('GET', '/me', undefined, {
      Authorization: 'Basic YTpi',
    });
    expect(error?.message).toBe('Access token is empty.');
  });
});

describe('after sessions are revoked', () => {
  test('a client that handles claims challenges is sent one (continuous access evaluation)', async () => {
    const tenant = await startTenant();
    const { id } = user('manager');
    const caller = await callGraphAs(tenant, user('manager'), ['User.Read'], handlesChallenges);
    expect((await caller.get('/me')).status).toBe(200);
    tenant.advance(10);
    const administrator = await callGraphAsAdministrator(tenant);
    expect((await administrator.request('POST', `/users/${id}/revokeSignInSessions`)).body).toMatchObject({
      value: true,
    });

    const { status, headers, error } = await caller.get('/me');
    expect(status).toBe(401);
    expect(error).toMatchObject({
      code: 'InvalidAuthenticationToken',
      message:
        'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
    });
    const challenge = headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_claims"');
    const claims = /claims="(?<claims>[^"]+)"/.exec(challenge)?.groups?.claims ?? '';
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
      access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d{10}$/) } },
    });

    tenant.advance(10);
    const again = await callGraphAs(tenant, user('manager'), ['User.Read'], handlesChallenges);
    expect((await again.get('/me')).status).toBe(200);
  });

  test('the token of any other client is valid until it expires', async () => {
    const tenant = await startTenant();
    const caller = await callGraphAs(tenant, user('administrator'), ['User.Read', 'User.RevokeSessions.All']);
    tenant.advance(10);
    expect((await caller.request('POST', '/me/revokeSignInSessions')).status).toBe(200);
    tenant.advance(10);
    expect((await caller.get('/me')).status).toBe(200);
  });
});

describe('every response', () => {
  test('names the request, and repeats the client-request-id', async () => {
    const tenant = await startTenant();
    const clientRequestId = '5a3c1b2e-7d4f-4a6b-8c9d-0e1f2a3b4c5d';
    const { headers, body } = await callGraphWith(tenant, '').request('GET', '/me', undefined, {
      'client-request-id': clientRequestId,
    });
    expect(headers.get('client-request-id')).toBe(clientRequestId);
    expect(body).toMatchObject({
      error: {
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          'request-id': headers.get('request-id'),
          'client-request-id': clientRequestId,
        },
      },
    });
  });

  test('has a new client-request-id if the client sent no GUID', async () => {
    const tenant = await startTenant();
    const { headers } = await callGraphWith(tenant, '').request('GET', '/me', undefined, {
      'client-request-id': 'x y',
    });
    expect(headers.get('client-request-id')).toBe(headers.get('request-id'));
  });
});
