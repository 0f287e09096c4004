import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ClientCertificate, createCertificate } from '../certificate.ts';
import { requestToken, startTenant, type TestTenant } from './tenant.ts';
import { clientCredentials } from './token-requests.ts';

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await startTenant();
});

const certificate = await createCertificate();
const other = await createCertificate();
const minute = 60_000;
const day = 24 * 60 * minute;
const application = () => {
  const found = tenant.directory.findApplication(tenant.apps.middleTier);
  if (!found) throw new Error('The middle tier is not registered.');
  return found;
};

/** Requests a token with the assertion. Returns the AADSTS number, or `accepted`. */
async function present(assertion: string): Promise<number | 'accepted'> {
  const { client_secret: _secret, ...parameters } = clientCredentials(tenant);
  const { status, body } = await requestToken(tenant, {
    ...parameters,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  if (status === 200) return 'accepted';
  expect(status).toBe(body.error === 'invalid_client' ? 401 : 400);
  return Array.isArray(body.error_codes) ? body.error_codes[0] : Number.NaN;
}

describe('an assertion signed with a certificate', () => {
  const register = ({ der }: ClientCertificate, endDateTime = new Date(Date.now() + day).toISOString()) =>
    application().keyCredentials.push({
      keyId: randomUUID(),
      displayName: null,
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
      startDateTime: null,
      endDateTime,
      customKeyIdentifier: null,
      key: der.toString('base64'),
    });
  const assertionOf = (
    { privateKey, der }: ClientCertificate,
    { header = {}, claims = {} }: { header?: object; claims?: JWTPayload } = {},
  ) =>
    new SignJWT({
      iss: tenant.apps.middleTier,
      sub: tenant.apps.middleTier,
      aud: tenant.authorityMetadata.token_endpoint,
      jti: randomUUID(),
      nbf: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 600,
      ...claims,
    })
      .setProtectedHeader({
        alg: 'PS256',
        'x5t#S256': createHash('sha256').update(der).digest('base64url'),
        ...header,
      })
      .sign(createPrivateKey(privateKey));

  test('is accepted by its SHA-256 thumbprint, and by its SHA-1 thumbprint with RS256', async () => {
    register(certificate);
    expect(await present(await assertionOf(certificate))).toBe('accepted');
    const x5t = createHash('sha1').update(certificate.der).digest('base64url');
    const header = { alg: 'RS256', x5t, 'x5t#S256': undefined };
    expect(await present(await assertionOf(certificate, { header }))).toBe('accepted');
  });

  test('is rejected with AADSTS700027 when the certificate is not registered, did not sign it, or has expired', async () => {
    expect(await present(await assertionOf(certificate))).toBe(700027);
    register(certificate);
    expect(await present(await assertionOf(other))).toBe(700027);
    expect(await present(await assertionOf({ ...other, der: certificate.der }))).toBe(700027);
    application().keyCredentials.length = 0;
    register(certificate, new Date(Date.now() - minute).toISOString());
    expect(await present(await assertionOf(certificate))).toBe(700027);
  });

  test.each<[number, string, { header?: object; claims?: JWTPayload }]>([
    [700021, 'another client', { claims: { iss: randomUUID() } }],
    [700023, 'another audience', { claims: { aud: 'https://elsewhere.example/token' } }],
    [700024, 'an expiry time in the past', { claims: { exp: Math.floor(Date.now() / 1000) - 600 } }],
    [5002723, 'no thumbprint', { header: { 'x5t#S256': undefined } }],
  ])('is rejected with AADSTS%d when it has %s', async (number, _what, changes) => {
    register(certificate);
    expect(await present(await assertionOf(certificate, changes))).toBe(number);
  });
});

/** Starts an external issuer: a discovery document and keys, on a free port. */
async function startIssuer(published: KeyObject): Promise<string> {
  const server = createServer(async ({ url }, response) => {
    const key = { ...(await exportJWK(published)), kid: 'key-1', alg: 'RS256', use: 'sig' };
    const body = url?.startsWith('/.well-known') ? { jwks_uri: `${issuer}/keys` } : { keys: [key] };
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return issuer;
}

const exchange = 'api://AzureADTokenExchange';
const trust = (issuer: string, subject: string, audience = exchange) =>
  application().federatedIdentityCredentials.push({
    id: randomUUID(),
    name: `trust-${subject}`,
    issuer,
    subject,
    description: null,
    audiences: [audience],
  });

const sign = (key: KeyObject, claims: JWTPayload, kid = 'key-1') =>
  new SignJWT({ aud: exchange, exp: Math.floor(Date.now() / 1000) + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key);

describe('an assertion from another issuer', () => {
  const privateKey = createPrivateKey(certificate.privateKey);
  const publicKey = createPublicKey(privateKey);
  const sub = 'system:serviceaccount:leave:middle-tier';

  test('is accepted when issuer, subject and audience match a credential', async () => {
    const iss = await startIssuer(publicKey);
    trust(iss, sub);
    expect(await present(await sign(privateKey, { iss, sub }))).toBe('accepted');
  });

  test.each<[number, string, JWTPayload]>([
    [700211, 'another issuer', { iss: 'https://elsewhere.example' }],
    [700212, 'another audience', { aud: 'https://kubernetes.default.svc' }],
    [700213, 'another subject', { sub: 'system:serviceaccount:default:default' }],
    [7002138, 'the subject in other case', { sub: 'system:serviceaccount:Leave:middle-tier' }],
    [700024, 'an expiry time in the past', { exp: Math.floor(Date.now() / 1000) - 600 }],
  ])('is rejected with AADSTS%d when it has %s', async (number, _what, claims) => {
    const iss = await startIssuer(publicKey);
    trust(iss, sub);
    expect(await present(await sign(privateKey, { iss, sub, ...claims }))).toBe(number);
  });

  test('is rejected with AADSTS70021 when the application trusts no issuer', async () => {
    expect(await present(await sign(privateKey, { iss: 'https://issuer.example', sub }))).toBe(70021);
  });

  test('is rejected when its key is not published or did not sign it', async () => {
    const iss = await startIssuer(publicKey);
    trust(iss, sub);
    expect(await present(await sign(privateKey, { iss, sub }, 'key-2'))).toBe(7000272);
    expect(await present(await sign(createPrivateKey(other.privateKey), { iss, sub }))).toBe(700027);
  });

  test('is rejected with AADSTS501661 when the issuer does not respond', async () => {
    trust('http://127.0.0.1:9', sub);
    expect(await present(await sign(privateKey, { iss: 'http://127.0.0.1:9', sub }))).toBe(501661);
  });
});

describe('a token from this tenant as an assertion', () => {
  const principalId = randomUUID();
  const own = (claims: JWTPayload) => {
    const { kid, privateKey } = tenant.signingKeys.current();
    const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return sign(key, { iss: tenant.authorityMetadata.issuer, sub: principalId, ...claims }, kid);
  };
  const managedIdentity = { aud: 'fb60f99c-7a34-4190-8149-302f77469936', xms_mirid: '/subscriptions/…' };

  test('is accepted from a managed identity, whose audience is an application ID', async () => {
    trust(tenant.authorityMetadata.issuer, principalId);
    expect(await present(await own(managedIdentity))).toBe('accepted');
  });

  test('is rejected from an untrusted managed identity, and from anything else', async () => {
    trust(tenant.authorityMetadata.issuer, principalId);
    expect(await present(await own({ ...managedIdentity, sub: randomUUID() }))).toBe(700213);
    expect(await present(await own({}))).toBe(700226);
  });
});
