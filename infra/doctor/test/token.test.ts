import { type AppKey, describeApps, type Environment } from '@obo/app-registration';
import { forEachApp, servedApps } from '@obo/app-registration/apps';
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
let ownKeys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  running = await runTenant();
  ownKeys = await generateKeyPair('RS256');
  ({ environments } = await running.register({ consent: true }));
  ({ spa, middleTierApi: middleTier } = environments);
  tokens = await signIn([`${spa.API_APP_ID_URI}/.default`]);
});
afterAll(() => running[Symbol.asyncDispose]());

/** One finding for each API. */
const forEachApi = (id: FindingId): FindingId[] =>
  servedApps.filter(({ key }) => key !== 'spa').map(() => id);

/** Signs a user in as the SPA does. */
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

/** Requests a token as the middle tier. */
async function requestAsMiddleTier(parameters: Record<string, string>): Promise<string> {
  const { CLIENT_ID = '', CLIENT_SECRET = '' } = middleTier;
  const response = await fetch(running.tenant.authorityMetadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...parameters }),
  });
  return String(Object(await response.json()).access_token);
}
const exchange = (scope: string) =>
  requestAsMiddleTier({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    assertion: tokens.access_token,
    scope,
  });

/** Returns the user's token with other claims, signed with a key that the tenant does not have. */
async function forge(changes: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({ ...decodeJwt(tokens.access_token), ...changes })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'forged', ...header })
    .sign(ownKeys.privateKey);
}
const explain = async (token: string) =>
  (await examined(running, { token })).filter(({ section }) => section === 'token');
const now = () => Math.floor(Date.now() / 1000);

describe('a token that an API accepts has no findings:', () => {
  test.each<[string, () => string | Promise<string>]>([
    ["the user's, for the middle tier", () => tokens.access_token],
    [
      'the one that the middle tier exchanges it for',
      () => exchange(`${middleTier.DOWNSTREAM_API_APP_ID_URI}/Leave.Read`),
    ],
  ])('%s', async (_what, make) => {
    expect(await explain(await make())).toEqual([]);
  });
});

describe('a token that no API accepts is explained, once for each API that it could be for:', () => {
  const rows: [string, () => string | Promise<string>, FindingId[], RegExp, RegExp][] = [
    [
      'text that is not a token',
      () => 'not.a.token',
      forEachApi('token_not_a_jwt'),
      /^The middle-tier API would reject this token\. This is not a JWT\.$/,
      /Send the access token/,
    ],
    [
      'one for Microsoft Graph',
      async () => (await signIn(['https://graph.microsoft.com/User.Read'])).access_token,
      forEachApi('token_for_graph'),
      /This token is for Microsoft Graph/,
      /Ask for api:\/\/[0-9a-f-]+\/\.default \(or api:\/\/[0-9a-f-]+\/access_as_user\), not for User\.Read/,
    ],
    [
      'an ID token',
      () => forge({ aud: spa.CLIENT_ID ?? '', nonce: 'x', scp: undefined }),
      forEachApi('token_is_id_token'),
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
      forEachApi('token_for_another_api'),
      /This token is for another API/,
      /The audience must be this API's client ID/,
    ],
    [
      'one from another tenant',
      () => forge({ tid: '11111111-2222-4333-8444-555555555555' }),
      ['token_from_another_tenant'],
      /of another tenant/,
      /ALLOWED_TENANT_IDS/,
    ],
    [
      'one from another issuer',
      () => forge({ iss: 'https://sts.windows.net/' }),
      ['token_from_another_issuer'],
      /[Tt]he issuer is not the one/,
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
      'one with another signature',
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

describe('a token with a valid signature is checked for what it permits:', () => {
  const rows: [string, JWTPayload, FindingId[], RegExp][] = [
    ['the expected one', {}, [], /^$/],
    [
      'one of a client that may not call the API',
      { azp: '11111111-2222-4333-8444-555555555555' },
      ['token_client_not_allowed'],
      /issued to the application 11111111-2222-4333-8444-555555555555, which may not call this API/,
    ],
    [
      'one from another issuer of the same tenant',
      { iss: 'https://sts.windows.net/5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30/' },
      ['token_from_another_issuer'],
      /Its issuer is not the expected one/,
    ],
    [
      'one that is valid for too long',
      { exp: Math.floor(Date.now() / 1000) + 3 * 86_400 },
      ['token_malformed'],
      /Its claims are invalid: valid for too long/,
    ],
    [
      'one of an application without a user',
      { idtyp: 'app', scp: undefined, roles: ['x'] },
      ['token_without_user'],
      /an application without a user/,
    ],
    [
      'one with a role instead of a scope',
      { scp: undefined, roles: ['Leave.Read.All'] },
      ['token_without_user'],
      /requires a signed-in user/,
    ],
    [
      'one with another scope',
      { scp: 'Other.Read' },
      ['token_without_scope'],
      /has the scopes Other\.Read, but needs access_as_user/,
    ],
  ];
  test.each(rows)('%s', async (_what, changes, ids, reason) => {
    const keys = { keys: [{ ...(await exportJWK(ownKeys.publicKey)), kty: 'RSA', kid: 'own' }] };
    const token = await new SignJWT({ ...decodeJwt(tokens.access_token), ...changes })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'own' })
      .sign(ownKeys.privateKey);
    const apps = describeApps({ spaUrls: ['http://localhost:3000'] });
    const observations = await examineToken(token, apps, environments, keys, new Date());
    const findings = observations.filter(isFinding);
    expect(idsOf(findings)).toEqual(ids);
    expect(findings[0]?.problem ?? '').toMatch(reason);
  });

  test.each<[string, (issuer: string) => string | undefined, FindingId[]]>([
    ['no issuer', () => undefined, []],
    ['our own', (issuer) => issuer, []],
    ['{tenantid}', (issuer) => issuer.replace(running.tenant.tenantId, '{tenantid}'), []],
    [
      'another tenant',
      (issuer) => issuer.replace(running.tenant.tenantId, '11111111-2222-4333-8444-555555555555'),
      ['token_signature_invalid'],
    ],
  ])('and whose key signed it, as the APIs do: a key that names %s', async (_whose, issuerOf, ids) => {
    const issuer = issuerOf(running.tenant.authorityMetadata.issuer);
    const key = { ...(await exportJWK(ownKeys.publicKey)), kty: 'RSA', kid: 'own' };
    const keys = { keys: [issuer === undefined ? key : { ...key, issuer }] };
    const token = await forge({}, { kid: 'own' });
    const apps = describeApps({ spaUrls: ['http://localhost:3000'] });
    const observations = await examineToken(token, apps, environments, keys, new Date());
    expect(idsOf(observations.filter(isFinding))).toEqual(ids);
  });

  test('and is reported as unverified when there are no keys', async () => {
    const apps = describeApps({ spaUrls: ['http://localhost:3000'] });
    const observations = await examineToken(tokens.access_token, apps, environments, null, new Date());
    expect(idsOf(observations.filter(isFinding))).toEqual(['token_signature_not_checked']);
  });

  test('and is not checked when no file says what the APIs expect', async () => {
    const nothing = forEachApp(() => ({}));
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
