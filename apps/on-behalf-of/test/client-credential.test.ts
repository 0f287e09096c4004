import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createClientCredential } from '../src/client-credential/client-credential.ts';
import {
  clientCredentialOf,
  clientCredentialVariables,
  oneCredential,
} from '../src/client-credential/client-credential-variables.ts';

const times = { deadline: 1_000 };
const misconfigured = { code: 'identity_configuration', status: 500 };
let directory: string;
let pem: string;
const pathOf = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'client credential '));
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'middle-tier' }]);
  pem = key + cert;
  await writeFile(pathOf('middle-tier.pem'), pem);
  await writeFile(pathOf('token'), 'first.token.signature\n');
});
afterAll(() => rm(directory, { recursive: true }));

describe('the variables name one credential:', () => {
  const clientId = '4f2d8b16-0c7a-4e93-a5d1-9b6e3f7c2a80';
  test.each<[string, () => object, () => object]>([
    [
      'a secret',
      () => ({ CLIENT_SECRET: 'a secret of the middle tier' }),
      () => ({ kind: 'secret', secret: 'a secret of the middle tier' }),
    ],
    [
      'a certificate',
      () => ({ CLIENT_CERTIFICATE_FILE: pathOf('middle-tier.pem') }),
      () => ({ kind: 'certificate', file: pathOf('middle-tier.pem') }),
    ],
    [
      'a managed identity',
      () => ({ MANAGED_IDENTITY_CLIENT_ID: clientId, TOKEN_EXCHANGE_AUDIENCE: 'api://other-cloud' }),
      () => ({ kind: 'managed_identity', clientId, audience: 'api://other-cloud' }),
    ],
    [
      'the token of a workload',
      () => ({ AZURE_FEDERATED_TOKEN_FILE: pathOf('token') }),
      () => ({ kind: 'token_file', file: pathOf('token') }),
    ],
  ])('%s', (_title, variables, options) => {
    expect(clientCredentialOf(z.object(clientCredentialVariables).parse(variables()))).toEqual(options());
  });

  test.each([
    ['CLIENT_CERTIFICATE_FILE', 'token', 'contains no private key'],
    ['AZURE_FEDERATED_TOKEN_FILE', 'middle-tier.pem', 'contains no token'],
    ['AZURE_FEDERATED_TOKEN_FILE', 'absent', 'is not a file that can be read'],
  ])('%s with the file %s is rejected, as it %s', (name, file, message) => {
    const { error } = z.object(clientCredentialVariables).safeParse({ [name]: pathOf(file) });
    expect(error?.issues).toMatchObject([{ code: 'custom', path: [name], message }]);
  });
});

describe('variables', () => {
  const schema = z.object({ ...clientCredentialVariables, PORT: z.coerce.number() }).refine(...oneCredential);
  const secret = { CLIENT_SECRET: 'a secret of the middle tier' };
  const one = (): object => ({ AZURE_FEDERATED_TOKEN_FILE: pathOf('token') });
  const credentials =
    'CLIENT_SECRET, CLIENT_CERTIFICATE_FILE, MANAGED_IDENTITY_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE';

  test('with one credential are accepted', () => {
    expect(schema.safeParse({ ...one(), PORT: '1' }).success).toBe(true);
  });

  test.each<[string, () => object, string]>([
    ['without a credential', () => ({}), 'one of these must be set, to prove who this app is'],
    [
      'with two',
      () => ({ ...one(), ...secret }),
      'only one of these may be set, and CLIENT_SECRET and AZURE_FEDERATED_TOKEN_FILE are',
    ],
  ])('%s are rejected, together with what else is wrong', (_title, variables, message) => {
    const { error } = schema.safeParse({ ...variables(), PORT: 'x' });
    expect(error?.issues).toHaveLength(2);
    expect(error?.issues).toContainEqual(expect.objectContaining({ path: [credentials], message }));
  });

  test('without a credential never become options', () => {
    expect(() => clientCredentialOf({ TOKEN_EXCHANGE_AUDIENCE: 'api://AzureADTokenExchange' })).toThrow(
      'without a credential',
    );
  });
});

test('a secret is sent as it is', async () => {
  const credential = createClientCredential({ kind: 'secret', secret: 'a secret of the middle tier' }, times);
  expect(await credential.forExchange()).toEqual({ clientSecret: 'a secret of the middle tier' });
  expect(await credential.ready()).toBe(true);
  expect(credential.dependencies).toEqual({});
});

test('a certificate is read again for each exchange', async () => {
  const file = pathOf('replaced.pem');
  const { forExchange, ready, dependencies } = createClientCredential({ kind: 'certificate', file }, times);
  await expect(forExchange()).rejects.toMatchObject(misconfigured);
  await expect(ready()).rejects.toThrow('ENOENT');
  await writeFile(file, pem);
  expect(await forExchange()).toMatchObject({
    clientCertificate: { thumbprintSha256: expect.stringMatching(/^[\da-f]{64}$/) },
  });
  expect(await ready()).toBe(true);
  expect(dependencies).toEqual({});
});

test('the token of a workload is read again each time MSAL asks for it', async () => {
  const file = pathOf('replaced token');
  const { forExchange, ready, dependencies } = createClientCredential({ kind: 'token_file', file }, times);
  const { clientAssertion } = await forExchange();
  if (typeof clientAssertion !== 'function') throw new Error('MSAL gets no function that returns a token');
  const assertion = () => clientAssertion({ clientId: '' });
  await expect(assertion()).rejects.toMatchObject(misconfigured);
  await expect(ready()).rejects.toThrow('ENOENT');
  for (const token of ['first.token.signature', 'second.token.signature']) {
    await writeFile(file, `${token}\n`);
    expect(await assertion()).toBe(token);
  }
  expect(await ready()).toBe(true);
  expect(dependencies).toEqual({});
});
