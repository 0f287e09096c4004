import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runRegister } from '../src/command/run.ts';
import { describeApps } from '../src/description.ts';
import { credentialVariables, defaultUrls } from '../src/environment/environment.ts';
import { certificateFileIn } from '../src/environment/environment-files.ts';
import { runInProcess } from '../testing/run-in-process.ts';
import { type RunningTenant, runTenant } from '../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const bffUrl = 'http://localhost:3100';
const urls = { ...defaultUrls, bff: bffUrl };
const application = (uniqueName: string) =>
  running.tenant.directory.state.applications.find((candidate) => candidate.uniqueName === uniqueName);
const variablesOf = async (key: 'bff' | 'middleTierApi') =>
  parseEnv(await readFile(running.files[key], 'utf8'));

describe('the backend for frontend', () => {
  test('is registered only if its URL is given', async () => {
    await running.register();
    expect(application('obo-bff')).toBeUndefined();
    expect(await readdir(running.environmentDirectory)).not.toContain('bff.env');
  });

  test('is a confidential web client on the allow-list, with a secret of its own', async () => {
    const { environments } = await running.register({ urls });
    const bff = application('obo-bff');
    expect(bff).toMatchObject({
      web: { redirectUris: [`${bffUrl}/sign-in/callback`], logoutUrl: `${bffUrl}/front-channel-sign-out` },
      spa: { redirectUris: [] },
      optionalClaims: { idToken: [{ name: 'login_hint' }, { name: 'sid' }] },
      passwordCredentials: [{ keyId: environments.bff.CLIENT_SECRET_KEY_ID }],
    });
    expect(application('obo-middle-tier-api')?.api.knownClientApplications).toContain(bff?.appId);
    const { ALLOWED_CLIENT_IDS, ALLOWED_ORIGINS, CLIENT_SECRET } = await variablesOf('middleTierApi');
    expect(ALLOWED_CLIENT_IDS?.split(',')).toContain(bff?.appId);
    expect(ALLOWED_ORIGINS).toBe(`http://localhost:3000,${bffUrl}`);
    const variables = await variablesOf('bff');
    expect(variables).toEqual(environments.bff);
    expect(variables).toMatchObject({ PUBLIC_URL: bffUrl, PORT: '3100', CLIENT_ID: bff?.appId });
    expect(variables.CLIENT_SECRET).not.toBe(CLIENT_SECRET);
    expect((await running.register({ urls })).changes).toEqual([]);
  });

  test('has a key pair of its own if credentials are certificates', async () => {
    const file = certificateFileIn(running.environmentDirectory);
    await running.register({ urls, credential: { kind: 'certificate', file } });
    const { CLIENT_CERTIFICATE_FILE = '' } = await variablesOf('bff');
    expect(basename(CLIENT_CERTIFICATE_FILE)).toBe('bff.pem');
    const [one, other] = ['obo-bff', 'obo-middle-tier-api'].map((name) => application(name)?.keyCredentials);
    expect([one?.length, other?.length]).toEqual([1, 1]);
    expect(one?.[0]?.customKeyIdentifier).not.toBe(other?.[0]?.customKeyIdentifier);
    const variables = await variablesOf('bff');
    expect(credentialVariables.filter((name) => variables[name])).toEqual(['CLIENT_CERTIFICATE_FILE']);
  });

  test.each([
    ['https://leave.example.com', 'https://leave.example.com/front-channel-sign-out'],
    [bffUrl, undefined],
  ])(
    'is notified of a sign-out elsewhere, by a tenant with https only if it has https itself: %s',
    (url, logoutUrl) => {
      const apps = describeApps({ spaUrls: [], bffUrl: url });
      expect(apps.find(({ key }) => key === 'bff')?.logoutUrl).toBe(logoutUrl);
    },
  );

  test('stays registered in later runs, until everything is removed', async () => {
    const register = (...args: string[]) =>
      runInProcess((context) => runRegister(['--local', '--json', ...args], context), {
        LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
        ENVIRONMENT_DIRECTORY: running.environmentDirectory,
      });
    await register('--yes', '--bff-url', bffUrl);
    expect(application('obo-bff')).toBeDefined();
    expect(await variablesOf('middleTierApi')).toMatchObject({
      ALLOWED_ORIGINS: `http://localhost:3000,${bffUrl}`,
    });
    const again = await register('--dry-run', '--exit-code');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('"changes":[]') });
    await register('--remove', '--yes');
    expect(running.tenant.directory.state.applications).toEqual([]);
    expect(await readdir(running.environmentDirectory)).toEqual([]);
  });
});
