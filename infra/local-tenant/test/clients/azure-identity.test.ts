import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthenticationRequiredError,
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  OnBehalfOfCredential,
} from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { azureCliAppId } from '../../src/index.ts';
import { createCertificate } from '../certificate.ts';
import { secret, type TestTenant, webRedirectUri } from '../entra/tenant.ts';
import { signInToSpa } from '../entra/users.ts';
import { azureOptions, openHttpsTenant, signInForDevice, signInFrom } from './https-tenant.ts';

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openHttpsTenant());
});
afterAll(() => close());

const options = () => azureOptions(tenant);
const downstream = (scope: string) => `api://${tenant.apps.downstream}/${scope}`;

const certificate = await createCertificate();
const pem = `${certificate.privateKey}${certificate.pem}`;

async function writePem(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'certificate-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'certificate.pem');
  await writeFile(file, pem, { mode: 0o600 });
  return file;
}

function registerCertificate(): void {
  tenant.directory.findApplication(tenant.apps.middleTier)?.keyCredentials.push({
    keyId: randomUUID(),
    displayName: null,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    startDateTime: null,
    endDateTime: null,
    customKeyIdentifier: null,
    key: certificate.der.toString('base64'),
  });
}

test('ClientSecretCredential', async () => {
  const { tenantId, apps } = tenant;
  const credential = new ClientSecretCredential(tenantId, apps.middleTier, secret, options());
  const { token, expiresOnTimestamp } = await credential.getToken(downstream('.default'));
  expect(decodeJwt(token)).toMatchObject({ aud: apps.downstream, azpacr: '1' });
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000);
});

test('ClientCertificateCredential', async () => {
  registerCertificate();
  const { tenantId, apps } = tenant;
  const credential = new ClientCertificateCredential(
    tenantId,
    apps.middleTier,
    { certificate: pem },
    options(),
  );
  const { token } = await credential.getToken(downstream('.default'));
  expect(decodeJwt(token)).toMatchObject({ aud: apps.downstream, azpacr: '2' });
});

test.each([
  { by: 'secret', azpacr: '1' },
  { by: 'certificate', azpacr: '2' },
] as const)('OnBehalfOfCredential, authenticated by $by', async ({ by, azpacr }) => {
  const { access_token: userAssertionToken } = await signInToSpa(tenant);
  const { tenantId, apps } = tenant;
  const client = { tenantId, clientId: apps.middleTier, userAssertionToken, ...options() };
  if (by === 'certificate') registerCertificate();
  const credential =
    by === 'certificate'
      ? new OnBehalfOfCredential({ ...client, certificatePath: await writePem() })
      : new OnBehalfOfCredential({ ...client, clientSecret: secret });
  const { token } = await credential.getToken(downstream('Leave.Read'));
  expect(decodeJwt(token)).toMatchObject({ aud: apps.downstream, azp: apps.middleTier, azpacr });
});

test('AuthorizationCodeCredential', async () => {
  const { tenantId, apps, authorityMetadata } = tenant;
  const url = new URL(authorityMetadata.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: apps.middleTier,
    response_type: 'code',
    redirect_uri: webRedirectUri,
    scope: 'User.Read offline_access',
  }).toString();
  const code = (await signInFrom(tenant, url)).searchParams.get('code') ?? '';
  const credential = new AuthorizationCodeCredential(
    tenantId,
    apps.middleTier,
    secret,
    code,
    webRedirectUri,
    options(),
  );
  const { token } = await credential.getToken('https://graph.microsoft.com/User.Read');
  expect(decodeJwt(token)).toMatchObject({ aud: 'https://graph.microsoft.com' });
});

test('DeviceCodeCredential, as Azure CLI', async () => {
  tenant.lifetimes.devicePolling = 0;
  const credential = new DeviceCodeCredential({
    tenantId: tenant.tenantId,
    clientId: azureCliAppId,
    ...options(),
    userPromptCallback: ({ userCode }) => void signInForDevice(tenant, userCode),
  });
  const token = await credential.getToken('https://graph.microsoft.com/.default');
  expect(decodeJwt(token?.token ?? '')).toMatchObject({ appid: azureCliAppId });
});

test.each([
  { number: 7000215, clientSecret: 'wrong', scope: 'Leave.Read' },
  { number: 500011, clientSecret: secret, scope: 'api://unknown/.default' },
])('a rejection is an error that names AADSTS$number', async ({ number, clientSecret, scope }) => {
  const { access_token: userAssertionToken } = await signInToSpa(tenant);
  const { tenantId, apps } = tenant;
  const credential = new OnBehalfOfCredential({
    tenantId,
    clientId: apps.middleTier,
    clientSecret,
    userAssertionToken,
    ...options(),
  });
  const asked = scope.startsWith('api:') ? scope : downstream(scope);
  const rejection = await credential.getToken(asked).catch((error: unknown) => error);
  expect(rejection).toBeInstanceOf(AuthenticationRequiredError);
  expect(String(rejection)).toContain(`AADSTS${number}`);
});
