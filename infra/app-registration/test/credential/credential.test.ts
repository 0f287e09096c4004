import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialChoice } from '../../src/credential/credential.ts';
import { findManagedIdentity, NoManagedIdentity } from '../../src/credential/federated-credential.ts';
import { describeChanges } from '../../src/settings/describe-changes.ts';
import { addServicePrincipal, type RunningTenant, runTenant } from '../../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

function middleTier() {
  const { applications } = running.tenant.directory.state;
  const found = applications.find(({ uniqueName }) => uniqueName === 'obo-middle-tier-api');
  if (!found) throw new Error('The middle tier is not registered.');
  return found;
}

const day = 86_400_000;
const strange = '11111111-2222-4333-8444-555555555555';
const certificateFile = () => `${running.environmentDirectory}/middle-tier-api.pem`;
const certificate = (): CredentialChoice => ({ kind: 'certificate', file: certificateFile() });
const federated = (more: object = {}): CredentialChoice => ({
  kind: 'federated',
  identity: {
    issuer: 'https://issuer.example/',
    subject: 'system:serviceaccount:leave:middle-tier',
    audience: 'api://AzureADTokenExchange',
    ...more,
  },
  environment: { AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' },
});
const linesOf = async (credential: CredentialChoice) =>
  describeChanges((await running.register({ credential })).changes).filter(
    (line) => !line.endsWith('created'),
  );

describe('a certificate', () => {
  let restoreRegistered: () => Promise<void>;
  beforeAll(async () => {
    await restore();
    await running.register({ credential: certificate() });
    restoreRegistered = await running.save();
  });
  beforeEach(() => restoreRegistered());

  test('is created on this machine, in a file that only its owner can read, and only its public part is sent', async () => {
    await restore();
    const { environments } = await running.register({ credential: certificate() });
    expect(environments.middleTierApi).toMatchObject({ CLIENT_CERTIFICATE_FILE: certificateFile() });
    expect(environments.middleTierApi).not.toHaveProperty('CLIENT_SECRET');
    expect((await stat(certificateFile())).mode & 0o777).toBe(0o600);
    const pem = await readFile(certificateFile(), 'utf8');
    const made = new X509Certificate(pem);
    expect(made.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    expect((made.validToDate.getTime() - Date.now()) / day).toBeCloseTo(365, 0);
    expect(middleTier().keyCredentials.map(({ key }) => key)).toEqual([made.raw.toString('base64')]);
    expect(JSON.stringify(running.tenant.directory.state)).not.toContain('PRIVATE KEY');
    expect(middleTier().passwordCredentials).toEqual([]);
  });

  test('is kept by the next run', async () => {
    const before = structuredClone(running.tenant.directory.state);
    const { changes, written } = await running.register({ credential: certificate() });
    expect({ changes, written }).toEqual({ changes: [], written: [] });
    expect(running.tenant.directory.state).toEqual(before);
  });

  test('is added again from its file, and created again when the file has none', async () => {
    const [first] = middleTier().keyCredentials;
    middleTier().keyCredentials = [];
    await running.register({ credential: certificate() });
    expect(middleTier().keyCredentials).toEqual([first]);

    await writeFile(certificateFile(), 'nothing');
    expect((await linesOf(certificate())).map((line) => line.replace(/ [0-9a-f-]{36}/, ''))).toEqual([
      `obo-middle-tier-api: certificate added, for a year, its key in ${certificateFile()}`,
      'obo-middle-tier-api: certificate removed',
    ]);
    expect(middleTier().keyCredentials.map(({ keyId }) => keyId)).not.toEqual([first?.keyId]);
    expect(middleTier().keyCredentials).toHaveLength(1);
  });

  test('is replaced in its last month', async () => {
    const [first] = middleTier().keyCredentials;
    const now = () => new Date(Date.now() + 340 * day);
    await running.register({ credential: certificate(), now });
    const keys = middleTier().keyCredentials.map(({ keyId }) => keyId);
    expect(keys).toHaveLength(1);
    expect(keys).not.toEqual([first?.keyId]);
  });

  test('of another machine is kept', async () => {
    const [mine] = middleTier().keyCredentials;
    if (!mine) throw new Error('There is no certificate.');
    const theirs = { ...mine, keyId: strange, displayName: 'a colleague', key: 'AAAA' };
    middleTier().keyCredentials = [theirs];
    await running.register({ credential: certificate() });
    expect(middleTier().keyCredentials).toEqual([theirs, expect.objectContaining({ keyId: mine.keyId })]);
  });
});

describe('a federated identity', () => {
  const credentials = () =>
    middleTier().federatedIdentityCredentials.map(({ issuer, subject, audiences }) => ({
      issuer,
      subject,
      audiences,
    }));

  test('is trusted with its exact issuer and subject, and the next run changes nothing', async () => {
    expect(await linesOf(federated())).toEqual([
      'obo-middle-tier-api: federated identity credential trusts system:serviceaccount:leave:middle-tier of https://issuer.example/ for api://AzureADTokenExchange',
    ]);
    expect(credentials()).toEqual([
      {
        issuer: 'https://issuer.example/',
        subject: 'system:serviceaccount:leave:middle-tier',
        audiences: ['api://AzureADTokenExchange'],
      },
    ]);
    const { changes, environments } = await running.register({ credential: federated() });
    expect(changes).toEqual([]);
    expect(environments.middleTierApi).toMatchObject({ AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' });
  });

  test('with another audience is repaired, and one for another environment kept', async () => {
    await running.register({ credential: federated({ subject: 'another' }) });
    await running.register({ credential: federated() });
    for (const credential of middleTier().federatedIdentityCredentials)
      credential.audiences = ['api://other'];
    await running.register({ credential: federated() });
    expect(credentials().map(({ subject, audiences }) => [subject, ...audiences])).toEqual([
      ['another', 'api://other'],
      ['system:serviceaccount:leave:middle-tier', 'api://AzureADTokenExchange'],
    ]);
  });

  test('is found by either ID of a managed identity', async () => {
    const identity = { id: randomUUID(), appId: randomUUID() };
    addServicePrincipal(running.tenant, { ...identity, servicePrincipalType: 'ManagedIdentity' });
    const expected = { principalId: identity.id, clientId: identity.appId };
    expect(await findManagedIdentity(running.graph, identity.id)).toEqual(expected);
    expect(await findManagedIdentity(running.graph, identity.appId)).toEqual(expected);
  });

  test('is not found by the ID of an application, or an unknown ID', async () => {
    await running.register();
    for (const id of [middleTier().appId, strange])
      await expect(findManagedIdentity(running.graph, id)).rejects.toThrow(NoManagedIdentity);
  });
});

describe('a credential of another kind', () => {
  test.each<[string, () => CredentialChoice, () => CredentialChoice]>([
    ['a certificate replaces a secret', () => ({ kind: 'secret' }), certificate],
    ['a secret replaces a certificate', certificate, () => ({ kind: 'secret' })],
    ['a federated identity replaces a secret', () => ({ kind: 'secret' }), federated],
    ['a federated identity replaces a certificate', certificate, federated],
  ])('removes the old one: %s', async (_what, before, after) => {
    await running.register({ credential: before() });
    const planned = await running.plan({ credential: after() });
    const { changes } = await running.register({ credential: after() });
    expect(changes).toEqual(planned);
    const { kind } = after();
    expect(middleTier().passwordCredentials).toHaveLength(kind === 'secret' ? 1 : 0);
    expect(middleTier().keyCredentials).toHaveLength(kind === 'certificate' ? 1 : 0);
    expect((await running.register({ credential: after() })).changes).toEqual([]);
  });
});

test('is not compared when it is none', async () => {
  await running.register();
  middleTier().passwordCredentials = [];
  expect(await running.plan({ credential: { kind: 'none' } })).toEqual([]);
});
