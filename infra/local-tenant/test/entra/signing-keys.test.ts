import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { requestToken, startTenant, type TestTenant } from './tenant.ts';
import { fromSpa } from './token-requests.ts';
import { onBehalfOf, refresh, signInToSpa } from './users.ts';

const publishedKeys = (tenant: TestTenant) => createRemoteJWKSet(new URL(tenant.authorityMetadata.jwks_uri));

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tenant-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('signing keys, refresh tokens and subjects survive a restart, and only the owner can read the files', async () => {
  const dataDirectory = await temporaryDirectory();
  const before = await startTenant({ dataDirectory });
  await before.signingKeys.rotate();
  const tokens = await signInToSpa(before);

  const after = await startTenant({ dataDirectory });
  expect(after.signingKeys.published()).toEqual(before.signingKeys.published());
  await expect(jwtVerify(tokens.access_token, publishedKeys(after))).resolves.toBeDefined();
  const { body } = await requestToken(
    { ...after, apps: before.apps },
    refresh(before, tokens.refresh_token),
    fromSpa,
  );
  // Each test tenant registers its own applications, so use the one that the token was issued to.
  expect(body).toMatchObject({ access_token: expect.any(String) });
  for (const file of ['signing-keys.json', 'secrets.json', 'directory.json']) {
    expect((await stat(join(dataDirectory, file))).mode & 0o077).toBe(0);
  }
});

test('after a rotation the old key is still published; after a withdrawal it is not, and its tokens are invalid', async () => {
  const tenant = await startTenant();
  const { access_token } = await signInToSpa(tenant);
  await tenant.signingKeys.rotate();
  await expect(jwtVerify(access_token, publishedKeys(tenant))).resolves.toBeDefined();
  const renewed = await signInToSpa(tenant);
  expect((await requestToken(tenant, onBehalfOf(tenant, access_token))).status).toBe(200);

  tenant.signingKeys.withdraw();
  await expect(jwtVerify(access_token, publishedKeys(tenant))).rejects.toThrow();
  await expect(jwtVerify(renewed.access_token, publishedKeys(tenant))).resolves.toBeDefined();
  const { body } = await requestToken(tenant, onBehalfOf(tenant, access_token));
  expect(body.error_codes).toEqual([50013]);
});
