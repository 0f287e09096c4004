import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secret, spaOrigin, spaRedirectUri, type TestTenant } from '../entra/tenant.ts';
import { names } from '../entra/users.ts';
import { openHttpsTenant, registerPublicClient, signInForDevice, signInFrom } from './https-tenant.ts';

let tenant: TestTenant;
let close: () => void;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  ({ tenant, close } = await openHttpsTenant());
  const issuer = new URL(`${tenant.baseUrl}/${tenant.tenantId}/v2.0`);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
});
afterAll(() => close());

const authentication = oauth.ClientSecretPost(secret);
/** Sends requests as a page does: single-page applications redeem codes cross-origin. */
const fromPage = { headers: { origin: spaOrigin } };

async function signIn(client: oauth.Client, redirectUri: string, scope: string) {
  const [verifier, nonce, state] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomNonce(),
    oauth.generateRandomState(),
  ];
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  }).toString();
  const parameters = oauth.validateAuthResponse(server, client, await signInFrom(tenant, url), state);
  return { parameters, verifier, nonce };
}

test('code flow with PKCE as a single-page application: the ID token’s signature is validated with the published keys', async () => {
  const client = { client_id: tenant.apps.spa };
  const { parameters, verifier, nonce } = await signIn(
    client,
    spaRedirectUri,
    `openid offline_access ${tenant.spaScope}`,
  );
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    spaRedirectUri,
    verifier,
    fromPage,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response);
  expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ aud: tenant.apps.spa });

  const renewal = await oauth.refreshTokenGrantRequest(
    server,
    client,
    oauth.None(),
    tokens.refresh_token ?? '',
    fromPage,
  );
  const renewed = await oauth.processRefreshTokenResponse(server, client, renewal);
  expect(renewed).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
});

test('as in Entra, access tokens are JWTs of its own kind: a resource server that wants those of RFC 9068 rejects them', async () => {
  const client = { client_id: tenant.apps.middleTier };
  const scope = `api://${tenant.apps.downstream}/.default`;
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope });
  const { access_token } = await oauth.processClientCredentialsResponse(server, client, response);
  const request = new Request('https://localhost/', { headers: { authorization: `Bearer ${access_token}` } });
  await expect(oauth.validateJwtAccessToken(server, request, tenant.apps.downstream)).rejects.toThrow(
    'JWT "typ" header parameter',
  );
});

test('the device authorization grant: pending first, then tokens', async () => {
  const client = { client_id: registerPublicClient(tenant) };
  const asked = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), {
    scope: 'openid User.Read',
  });
  const device = await oauth.processDeviceAuthorizationResponse(server, client, asked);
  const poll = async () =>
    oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code),
    );
  await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending', status: 400 });
  await signInForDevice(tenant, device.user_code);
  const tokens = await poll();
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  expect(claims?.oid).toBe(tenant.directory.findUser(names.employee)?.id);
});
