import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from '../../src/entra/keys/self-signed-certificate.ts';
import { onBehalfOf, signInToSpa } from './people.ts';
import { testRefusals } from './refusals.ts';
import { requestToken, startTenant, type TestTenant } from './tenant.ts';
import { clientCredentials } from './token-requests.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const certificate = selfSignedCertificate('middle-tier', keys, {
  from: new Date('2026-01-01'),
  until: new Date('2036-01-01'),
});
const thumbprint = (algorithm: string) => createHash(algorithm).update(certificate).digest('base64url');

function registerCertificate(tenant: TestTenant): void {
  tenant.directory.findApplication(tenant.apps.middleTier)?.keyCredentials.push({
    keyId: randomUUID(),
    displayName: null,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    startDateTime: null,
    endDateTime: null,
    customKeyIdentifier: null,
    key: certificate.toString('base64'),
  });
}

/** A client assertion as "Application authentication certificate credentials" describes it, or with something changed. */
function assertion(
  tenant: TestTenant,
  changes: { header?: Record<string, unknown>; claims?: Record<string, unknown>; key?: KeyObject } = {},
): Promise<string> {
  const now = Math.floor(tenant.now().getTime() / 1000);
  const claims = {
    aud: tenant.authorityMetadata.token_endpoint,
    exp: now + 600,
    nbf: now,
    iss: tenant.apps.middleTier,
    sub: tenant.apps.middleTier,
    jti: randomUUID(),
    ...changes.claims,
  };
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint('sha256'), ...changes.header };
  return new SignJWT(claims).setProtectedHeader(header).sign(changes.key ?? keys.privateKey);
}

const authenticateWith = (client_assertion: string) => ({
  client_secret: '',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion,
});

test.each([
  { how: 'PS256 and x5t#S256', header: {} },
  { how: 'RS256 and x5t', header: { alg: 'RS256', 'x5t#S256': undefined, x5t: thumbprint('sha1') } },
])('a client proves itself with its certificate, by $how, and the API can see that', async ({ header }) => {
  const tenant = await startTenant();
  registerCertificate(tenant);
  const { access_token } = await signInToSpa(tenant);
  const { status, body } = await requestToken(
    tenant,
    onBehalfOf(tenant, access_token, authenticateWith(await assertion(tenant, { header }))),
  );
  expect(status).toBe(200);
  const claims = JSON.parse(
    Buffer.from(String(body.access_token).split('.')[1] ?? '', 'base64url').toString(),
  );
  expect(claims.azpacr).toBe('2');
});

const refused: {
  number: number;
  when: string;
  make(tenant: TestTenant): string | Promise<string>;
}[] = [
  { number: 50027, when: 'the client assertion is no JWT', make: () => 'not-a-token' },
  {
    number: 5002723,
    when: 'the client assertion does not say which certificate',
    make: (tenant) => assertion(tenant, { header: { 'x5t#S256': undefined } }),
  },
  {
    number: 700021,
    when: 'the client assertion speaks of another client',
    make: (tenant) => assertion(tenant, { claims: { sub: tenant.apps.spa, iss: tenant.apps.spa } }),
  },
  {
    number: 700023,
    when: 'the client assertion is for somebody else',
    make: (tenant) => assertion(tenant, { claims: { aud: 'https://login.example/token' } }),
  },
  {
    number: 700024,
    when: 'the client assertion has expired',
    make: (tenant) => assertion(tenant, { claims: { nbf: 1_700_000_000, exp: 1_700_000_600 } }),
  },
  {
    number: 700024,
    when: 'the client assertion is for later',
    make: (tenant) => assertion(tenant, { claims: { nbf: 4_000_000_000, exp: 4_000_000_600 } }),
  },
  {
    number: 700027,
    when: 'nobody registered the certificate of the client assertion',
    make: (tenant) => assertion(tenant, { header: { 'x5t#S256': 'A'.repeat(43) } }),
  },
  {
    number: 700027,
    when: 'the client assertion is signed with another key',
    make: (tenant) => assertion(tenant, { key: otherKeys.privateKey }),
  },
];

testRefusals([
  ...refused.map(({ number, when, make }) => ({
    number,
    when,
    error: 'invalid_client',
    status: number === 50027 ? 400 : 401,
    async send(tenant: TestTenant) {
      registerCertificate(tenant);
      return requestToken(tenant, clientCredentials(tenant, authenticateWith(await make(tenant))));
    },
  })),
  {
    number: 5002738,
    when: 'the client assertion is signed with a secret',
    error: 'invalid_client',
    status: 401,
    async send(tenant) {
      const signed = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(certificate);
      return requestToken(tenant, clientCredentials(tenant, authenticateWith(signed)));
    },
  },
  {
    number: 900144,
    when: 'the kind of client assertion is missing',
    error: 'invalid_request',
    send: async (tenant) =>
      requestToken(
        tenant,
        clientCredentials(tenant, {
          ...authenticateWith(await assertion(tenant)),
          client_assertion_type: '',
        }),
      ),
  },
]);
