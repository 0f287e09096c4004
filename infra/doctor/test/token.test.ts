import { type AppKey, describeApps, type Environment } from '@obo/app-registration';
import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { password, signInOverHttp } from '@obo/local-tenant';
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FindingId } from '../src/catalogue.ts';
import { isFinding } from '../src/finding.ts';
import { examineToken } from '../src/token/examine-token.ts';
import { examined, idsOf } from './examined.ts';

let running: RunningTenant;
let environments: Readonly<Record<AppKey, Environment>>;
let spa: Environment;
let middleTier: Environment;
let tokens: Awaited<ReturnType<typeof signIn>>;
beforeAll(async () => {
  running = await runTenant();
  ({ environments } = await running.register({ consent: true }));
  ({ spa, middleTierApi: middleTier } = environments);
  tokens = await signIn([`${spa.API_APP_ID_URI}/.default`]);
});
afterAll(() => running[Symbol.asyncDispose]());

/** Signs a person in as the SPA does. */
const signIn = (scopes: string[]) =>
  signInOverHttp({
    authorityMetadata: running.tenant.authorityMetadata,
    clientId: spa.CLIENT_ID ?? '',
    redirectUri: 'http://localhost:3000/redirect.html',
    origin: 'http://localhost:3000',
    scopes,
    username: 'priya.raman@contoso.example',
    password,
    consent: 'accept',
  });

/** An answer of the token endpoint to the middle tier. */
async function askAsMiddleTier(parameters: Record<string, string>): Promise<string> {
  const { CLIENT_ID = '', CLIENT_SECRET = '' } = middleTier;
  const response = await fetch(running.tenant.authorityMetadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters }),
  });
  return String(Object(await response.json()).access_token);
}
const onBehalfOf = (scope: string) =>
  askAsMiddleTier({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    assertion: tokens.access_token,
    scope,
  });

/** The person's token with other claims, signed with a key that is not the tenant's. */
async function forge(changes: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT({ ...decodeJwt(tokens.access_token), ...changes })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'forged', ...header })
    .sign(privateKey);
}
const explain = async (token: string) =>
  (await examined(running, { token })).filter(({ section }) => section === 'token');
const now = () => Math.floor(Date.now() / 1000);

describe('a token that an API takes has nothing wrong:', () => {
  test.each<[string, () => string | Promise<string>]>([
    ["the person's, for the middle tier", () => tokens.access_token],
    [
      'the one that the middle tier gets on behalf of the person',
      () => onBehalfOf(`${middleTier.DOWNSTREAM_API_APP_ID_URI}/Leave.Read`),
    ],
  ])('%s', async (_what, make) => {
    expect(await explain(await make())).toEqual([]);
  });
});

describe('a token that no API takes is explained, in words, once for each API that it could be for:', () => {
  const rows: [string, () => string | Promise<string>, FindingId[], RegExp, RegExp][] = [
    [
      'none at all',
      () => 'not.a.token',
      ['token_not_a_jwt', 'token_not_a_jwt'],
      /^The middle-tier API would refuse this token\. This is not a JWT\.$/,
      /Send the access token/,
    ],
    [
      'one for Microsoft Graph',
      async () => (await signIn(['https://graph.microsoft.com/User.Read'])).access_token,
      ['token_for_graph', 'token_for_graph'],
      /This token is for Microsoft Graph/,
      /Ask for api:\/\/[0-9a-f-]+\/\.default \(or api:\/\/[0-9a-f-]+\/access_as_user\), not for User\.Read/,
    ],
    [
      'an ID token',
      () => forge({ aud: spa.CLIENT_ID ?? '', nonce: 'x', scp: undefined }),
      ['token_is_id_token', 'token_is_id_token'],
      /This is an ID token/,
      /not its idToken/,
    ],
    [
      'a v1.0 token',
      () => forge({ ver: '1.0', aud: middleTier.CLIENT_ID ?? '' }),
      ['token_is_v1'],
      /^The middle-tier API .* v1\.0 token/,
      /Set requestedAccessTokenVersion to 2/,
    ],
    [
      'one for another API',
      () => forge({ aud: '11111111-2222-4333-8444-555555555555' }),
      ['token_for_another_api', 'token_for_another_api'],
      /This token is for another API/,
      /The audience must be this API's client ID/,
    ],
    [
      'one of another tenant',
      () => forge({ tid: '11111111-2222-4333-8444-555555555555' }),
      ['token_from_another_tenant'],
      /of another tenant/,
      /ALLOWED_TENANT_IDS/,
    ],
    [
      'one of another issuer',
      () => forge({ iss: 'https://sts.windows.net/' }),
      ['token_from_another_issuer'],
      /The issuer is not the one/,
      /AUTHORITY/,
    ],
    [
      'an expired one',
      () => forge({ exp: now() - 3600 }),
      ['token_expired'],
      /expired 36\d\d seconds ago\. \(exp is \d{4}-\d\d-\d\dT/,
      /acquireTokenSilent/,
    ],
    [
      'one from the future',
      () => forge({ nbf: now() + 3600 }),
      ['token_not_valid_yet'],
      /from the future\. \(nbf is \d{4}-/,
      /clock/,
    ],
    [
      'one with neither scope nor role',
      () => forge({ scp: undefined }),
      ['token_without_user'],
      /neither scp nor roles/,
      /no permission was consented to/,
    ],
    [
      'one that names no client',
      () => forge({ azp: undefined }),
      ['token_malformed'],
      /The calling application is not named/,
      /Entra issued/,
    ],
    [
      'one with another header',
      () => forge({}, { typ: 'at+jwt' }),
      ['token_malformed'],
      /not how Entra signs/,
      /as the identity provider gave it/,
    ],
    [
      'one that was signed by somebody else',
      () => forge({}),
      ['token_signature_invalid'],
      /The signature does not verify/,
      /the keys are another tenant's/,
    ],
  ];
  test.each(rows)('%s', async (_what, make, ids, reason, remedy) => {
    const token = await make();
    const findings = await explain(token);
    expect(idsOf(findings)).toEqual(ids);
    expect(findings[0]?.problem).toMatch(reason);
    expect(findings[0]?.fix).toMatch(remedy);
    expect(JSON.stringify(findings)).not.toContain(token.slice(-20));
  });
});

describe('a token with a good signature is judged by what it permits:', () => {
  const rows: [string, JWTPayload, FindingId[], RegExp][] = [
    ['the right one', {}, [], /^$/],
    [
      'one of a client that may not call',
      { azp: '11111111-2222-4333-8444-555555555555' },
      ['token_client_not_allowed'],
      /issued to the application 11111111-2222-4333-8444-555555555555, which may not call/,
    ],
    [
      'one of another issuer of the same tenant',
      { iss: 'https://sts.windows.net/5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30/' },
      ['token_from_another_issuer'],
      /The issuer is not the one that is expected/,
    ],
    [
      'one that lasts too long',
      { exp: Math.floor(Date.now() / 1000) + 3 * 86_400 },
      ['token_malformed'],
      /does not fit: valid for too long/,
    ],
    [
      'one of an application alone',
      { idtyp: 'app', scp: undefined, roles: ['x'] },
      ['token_without_user'],
      /an application alone/,
    ],
    [
      'one with a role in place of a scope',
      { scp: undefined, roles: ['Leave.Read.All'] },
      ['token_without_user'],
      /works for signed-in people/,
    ],
    [
      'one with another scope',
      { scp: 'Other.Read' },
      ['token_without_scope'],
      /has the scopes Other\.Read, and needs access_as_user/,
    ],
  ];
  test.each(rows)('%s', async (_what, changes, ids, reason) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kty: 'RSA', kid: 'own' }] };
    const token = await new SignJWT({ ...decodeJwt(tokens.access_token), ...changes })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'own' })
      .sign(privateKey);
    const apps = describeApps({ spaUrls: ['http://localhost:3000'] });
    const observations = await examineToken(token, apps, environments, keys, new Date());
    const findings = observations.filter(isFinding);
    expect(idsOf(findings)).toEqual(ids);
    expect(findings[0]?.problem ?? '').toMatch(reason);
  });

  test('and is not said to be good when there are no keys', async () => {
    const apps = describeApps({ spaUrls: ['http://localhost:3000'] });
    const observations = await examineToken(tokens.access_token, apps, environments, null, new Date());
    expect(idsOf(observations.filter(isFinding))).toEqual(['token_signature_not_checked']);
  });

  test('and is not looked at when no file says what the APIs expect', async () => {
    const nothing = { spa: {}, middleTierApi: {}, downstreamApi: {} };
    const observations = await examineToken(
      tokens.access_token,
      describeApps({ spaUrls: [] }),
      nothing,
      null,
      new Date(),
    );
    expect(idsOf(observations.filter(isFinding))).toEqual(['token_not_checked']);
  });
});
