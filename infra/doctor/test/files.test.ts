import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { certificateFileIn } from '@obo/app-registration';
import { requiredApps } from '@obo/app-registration/apps';
import { readLocalCertificate } from '@obo/app-registration/tenant';
import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FindingId } from '../src/catalogue.ts';
import { edit, examined, idsOf, withVariable } from './examined.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  await running.register({ consent: true });
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const strange = '11111111-2222-4333-8444-555555555555';
const day = 86_400_000;
type FileKey = keyof RunningTenant['files'];

describe('an environment file that was changed by hand is reported, with the error in it:', () => {
  const rows: [string, FileKey, (text: string) => string, FindingId[], RegExp][] = [
    [
      'a missing variable',
      'spa',
      withVariable('API_BASE_URL', null),
      ['environment_file_incomplete'],
      /spa\.env lacks API_BASE_URL\.$/,
    ],
    [
      'no credential',
      'middleTierApi',
      withVariable('CLIENT_SECRET', null),
      ['environment_file_incomplete'],
      /middle-tier-api\.env lacks one of CLIENT_SECRET, CLIENT_CERTIFICATE_FILE/,
    ],
    [
      'the ID of a client secret instead of its value',
      'middleTierApi',
      withVariable('CLIENT_SECRET', strange),
      ['client_secret_is_its_id'],
      /CLIENT_SECRET is a GUID: the ID of a client secret, not its Value/,
    ],
    [
      'a client secret that the tenant does not have',
      'middleTierApi',
      withVariable('CLIENT_SECRET', 'zzz8Q~not-the-one-that-the-tenant-gave'),
      ['client_secret_unknown'],
      /obo-middle-tier-api does not have the client secret/,
    ],
    [
      'the ID of another client secret',
      'middleTierApi',
      withVariable('CLIENT_SECRET_KEY_ID', strange),
      ['client_secret_unknown'],
      /none of its 1 secrets has that ID/,
    ],
    [
      'an authority without a tenant',
      'downstreamApi',
      withVariable('AUTHORITY', 'https://login.microsoftonline.com/organizations'),
      ['environment_value_invalid', 'environment_files_disagree'],
      /AUTHORITY must end with the API's own tenant/,
    ],
    [
      'an Application ID URI that the SPA does not have',
      'middleTierApi',
      withVariable('APP_ID_URI', `api://contoso.example/${strange}`),
      ['environment_files_disagree'],
      new RegExp(`API_APP_ID_URI is not api://contoso.example/${strange}, which follows from APP_ID_URI`),
    ],
    [
      'two credentials',
      'middleTierApi',
      withVariable('AZURE_FEDERATED_TOKEN_FILE', '/var/run/token'),
      ['several_credentials'],
      /has CLIENT_SECRET and AZURE_FEDERATED_TOKEN_FILE/,
    ],
    [
      'another tenant',
      'downstreamApi',
      withVariable('TENANT_ID', strange),
      ['environment_files_disagree'],
      new RegExp(`downstream-api\\.env: TENANT_ID is not 5f0c9a52-.*It is ${strange}`),
    ],
    [
      'a client that is not the SPA',
      'middleTierApi',
      withVariable('ALLOWED_CLIENT_IDS', strange),
      ['environment_files_disagree'],
      /middle-tier-api\.env: ALLOWED_CLIENT_IDS lacks .*, which follows from CLIENT_ID in .*spa\.env/,
    ],
    [
      'another API',
      'spa',
      withVariable('API_APP_ID_URI', `api://${strange}`),
      ['environment_files_disagree'],
      /spa\.env: API_APP_ID_URI is not api:\/\/.*which follows from CLIENT_ID in .*middle-tier-api\.env/,
    ],
    [
      'another address than the SPA calls',
      'middleTierApi',
      withVariable('PUBLIC_URL', 'http://localhost:4999'),
      ['environment_files_disagree'],
      /middle-tier-api\.env: PUBLIC_URL is not http:\/\/localhost:4000, which follows from API_BASE_URL in .*spa\.env/,
    ],
    [
      'a command line that may not call',
      'middleTierApi',
      (text) => text.replace(/(ALLOWED_CLIENT_IDS=)'?([^,]+),.*/, '$1$2'),
      ['environment_files_disagree'],
      /middle-tier-api\.env: ALLOWED_CLIENT_IDS lacks .*, which follows from CLIENT_ID in .*cli\.env/,
    ],
    [
      'a command line that calls another address',
      'cli',
      withVariable('API_BASE_URL', 'http://localhost:4999'),
      ['environment_files_disagree'],
      /cli\.env: API_BASE_URL is not http:\/\/localhost:4000, which follows from API_BASE_URL in .*spa\.env/,
    ],
    [
      'a client ID that the app does not have',
      'spa',
      withVariable('CLIENT_ID', strange),
      ['environment_files_disagree', 'client_id_differs'],
      /ALLOWED_CLIENT_IDS lacks 11111111/,
    ],
    [
      'a domain instead of the tenant ID',
      'middleTierApi',
      withVariable('TENANT_ID', 'contoso.example'),
      ['environment_value_invalid', 'environment_files_disagree', 'signed_in_to_another_tenant'],
      /TENANT_ID must be a GUID, not a domain name/,
    ],
    [
      'metadata that is not JSON',
      'spa',
      withVariable('AUTHORITY_METADATA', '{'),
      ['environment_value_invalid'],
      /spa\.env: AUTHORITY_METADATA must be JSON/,
    ],
    [
      'keys from another host over plain http',
      'middleTierApi',
      (text) => text.replace(/"jwks_uri":"[^"]+"/, '"jwks_uri":"http://login.example/keys"'),
      ['identity_provider_not_https'],
      /URLs use http: http:\/\/login\.example\/keys/,
    ],
    [
      'an outdated issuer',
      'middleTierApi',
      (text) => text.replace(/"issuer":"[^"]+"/, '"issuer":"http://localhost:1/x/v2.0"'),
      ['issuer_differs'],
      /the APIs expect http:\/\/localhost:1\/x\/v2\.0: they reject its tokens/,
    ],
  ];
  test.each(rows)('%s', async (_what, key, change, ids, problem) => {
    await edit(running.files[key], change);
    const findings = await examined(running);
    // The files of several apps can disagree with one.
    expect([...new Set(idsOf(findings))]).toEqual(ids);
    expect(findings[0]?.problem).toMatch(problem);
    await running.register({ consent: true });
    expect(await examined(running)).toEqual([]);
  });
});

describe('a file', () => {
  test('that other users can read is reported, with the command that fixes it', async () => {
    await chmod(running.files.spa, 0o644);
    const [found, ...others] = await examined(running);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      id: 'environment_file_readable_by_others',
      problem: expect.stringContaining('(mode 644, expected 600)'),
      fix: `\`chmod 600 ${running.files.spa}\``,
    });
  });

  test('that is missing or not a file is reported', async () => {
    await rm(running.files.spa);
    await rm(running.files.downstreamApi);
    await mkdir(running.files.downstreamApi);
    expect(idsOf(await examined(running))).toEqual([
      'environment_file_missing',
      'environment_file_unreadable',
    ]);
  });

  test('is not checked when all are missing: they must be written first', async () => {
    for (const { key } of requiredApps) await rm(running.files[key]);
    expect(await examined(running)).toEqual([
      expect.objectContaining({
        id: 'environment_files_missing',
        fix: 'Write them: `npx -y pnpm@12 start`.',
      }),
    ]);
  });
});

describe('a credential', () => {
  const at = (days: number) => ({ now: () => new Date(Date.now() + days * day) });

  test('that expires soon, or has expired, is reported with the day', async () => {
    const [soon] = await examined(running, at(84));
    expect(soon).toMatchObject({ id: 'client_secret_expires_soon', severity: 'warning' });
    const [expired] = await examined(running, at(91));
    expect(expired).toMatchObject({
      id: 'client_secret_expired',
      problem: expect.stringMatching(
        /^The client secret of obo-middle-tier-api expired on \d{4}-\d\d-\d\d\.$/,
      ),
      page: 'docs/reference/errors/AADSTS7000222.md',
    });
  });

  describe('that is a certificate', () => {
    let file: string;
    let restoreRegistered: () => Promise<void>;
    beforeAll(async () => {
      await restore();
      file = certificateFileIn(running.environmentDirectory);
      await running.register({ credential: { kind: 'certificate', file }, consent: true });
      restoreRegistered = await running.save();
    });
    beforeEach(() => restoreRegistered());

    test('passes when the tenant has it, and is reported when it expires', async () => {
      expect(await examined(running)).toEqual([]);
      expect(idsOf(await examined(running, at(340)))).toEqual(['certificate_expires_soon']);
      expect(idsOf(await examined(running, at(366)))).toEqual(['certificate_expired']);
    });

    test('passes when it was uploaded: Entra identifies it by its thumbprint', async () => {
      const { id } = z
        .object({ id: z.string() })
        .parse(await running.graph.get(`/applications(uniqueName='obo-middle-tier-api')`));
      const certificate = await readLocalCertificate(file);
      await running.graph.patch(`/applications/${id}`, { keyCredentials: [] });
      expect(idsOf(await examined(running))).toEqual(['certificate_unknown']);
      const uploaded = { type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate?.key };
      await running.graph.patch(`/applications/${id}`, { keyCredentials: [uploaded] });
      expect(await examined(running)).toEqual([]);
    });

    test('is reported when the file has another one', async () => {
      const pair = await generate([{ name: 'commonName', value: 'other' }], { keySize: 2048 });
      await writeFile(file, `${pair.private}\n${pair.cert}\n`);
      expect(idsOf(await examined(running, at(0)))).toContain('certificate_unknown');
    });

    test.each<[string, (text: string) => string, RegExp]>([
      ['no certificate', () => 'nothing', /has no valid certificate/],
      [
        'no key',
        (text) => text.slice(text.indexOf('-----BEGIN CERT')),
        /lacks the private key of its certif/,
      ],
    ])('is reported when the file has %s', async (_what, change, problem) => {
      await edit(file, change);
      const [found] = await examined(running);
      expect(found).toMatchObject({ id: 'certificate_unusable', problem: expect.stringMatching(problem) });
    });
  });

  describe('that is a federated identity', () => {
    const identity = {
      issuer: 'https://issuer.example',
      subject: 'system:leave',
      audience: 'api://exchange',
    };
    const credential = {
      kind: 'federated' as const,
      identity,
      environment: {
        AZURE_FEDERATED_TOKEN_FILE: '/var/run/token',
        FEDERATED_ISSUER: identity.issuer,
        FEDERATED_SUBJECT: identity.subject,
        FEDERATED_AUDIENCE: identity.audience,
      },
    };

    test('passes when the app trusts it, and is reported when it trusts another', async () => {
      await running.register({ credential, consent: true });
      expect(await examined(running)).toEqual([]);
      await edit(running.files.middleTierApi, withVariable('FEDERATED_SUBJECT', 'system:other'));
      expect(await examined(running)).toEqual([
        expect.objectContaining({
          id: 'federated_credential_missing',
          problem: expect.stringContaining('for subject system:other, issuer https://issuer.example'),
        }),
      ]);
    });

    test('is reported when the tenant has no such managed identity', async () => {
      await edit(running.files.middleTierApi, (text) =>
        withVariable('MANAGED_IDENTITY_CLIENT_ID', strange)(withVariable('CLIENT_SECRET', null)(text)),
      );
      expect(await examined(running)).toEqual([
        expect.objectContaining({
          id: 'managed_identity_missing',
          problem: expect.stringContaining(strange),
        }),
      ]);
    });
  });
});
