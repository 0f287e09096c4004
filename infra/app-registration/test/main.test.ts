import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { requiredApps } from '../src/apps.ts';
import { runRegister } from '../src/command/run.ts';
import { type Outcome, runInProcess } from '../testing/run-in-process.ts';
import {
  addServicePrincipal,
  close,
  listen,
  type RunningTenant,
  runTenant,
} from '../testing/running-tenant.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const guid = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';

let running: RunningTenant;
let restore: () => Promise<void>;
let graph: Awaited<ReturnType<typeof listen>>;
let token: string;

beforeAll(async () => {
  running = await runTenant();
  token = await running.getToken();
  restore = await running.save();
  // Microsoft Graph at its own origin, as in a real tenant.
  graph = await listen((request, response) => {
    request.url = `/graph${request.url}`;
    running.tenant.app(request, response);
  });
});
beforeEach(async () => {
  // Where Azure CLI is not installed.
  vi.stubEnv('PATH', '');
  await restore();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await close(graph.server);
  await running[Symbol.asyncDispose]();
});

const state = () => running.tenant.directory.state;
const application = (name: string) => state().applications.find(({ uniqueName }) => uniqueName === name);
const middleTierFile = async () => parseEnv(await readFile(running.files.middleTierApi, 'utf8'));
const environment = () => ({
  LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
  ENVIRONMENT_DIRECTORY: running.environmentDirectory,
});

/** Runs `register` without a terminal. */
const register = (args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Outcome> =>
  runInProcess((context) => runRegister(args, context), { ...environment(), ...env }, input);

/** Starts `register` as a process of its own. */
const start = (args: readonly string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, [main, ...args], { env: { ...environment(), ...env } });

describe('as a process', () => {
  test('registers, prints what it did, and exits with 0', async () => {
    const child = start(['--local', '--yes']);
    const [stdout, stderr, closed] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect({ closed, stderr }).toEqual({ closed: [0, null], stderr: '' });
    expect(stdout).toMatch(/^Tenant: +Contoso \(local tenant\) \(contoso\.example, 5f0c9a52/);
    expect(stdout).toMatch(
      /Signed in as: Kwame Mensah, kwame\.mensah@contoso\.example \(administrator of the local tenant\)/,
    );
    expect(stdout).toMatch(
      /obo-spa: application created\n.*wrote .*spa\.env\n.*Next: npx -y pnpm@12 start .*Restart running apps to pick up the new files\.\n$/s,
    );
    expect(await register(['--local', '--dry-run'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to change'),
    });
  });

  test('writes the files of the local tenant into DATA_DIRECTORY, where start looks for them', async () => {
    const env = { ENVIRONMENT_DIRECTORY: '', DATA_DIRECTORY: running.environmentDirectory };
    const { stdout } = await register(['--local', '--yes'], env);
    expect(stdout).toContain(`wrote ${running.environmentDirectory}/env/spa.env`);
  });

  test('registers to the end when the reader of its output stops early', async () => {
    const child = start(['--local', '--yes']);
    child.stdout.destroy();
    const [stderr, closed] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(closed).toEqual([0, null]);
    expect(stderr).not.toContain('EPIPE');
    expect(await running.plan()).toEqual([]);
  });

  test('continues after Ctrl-C in the middle', async () => {
    const signIn = ['--authority-url', 'https://login.example', '--graph-token-file', '-'];
    const inTheMiddle = Promise.withResolvers<void>();
    const interrupted = await listen((request, response) => {
      if (request.method === 'POST' && request.url?.includes('/servicePrincipals'))
        return inTheMiddle.resolve();
      request.url = `/graph${request.url}`;
      running.tenant.app(request, response);
    });
    const child = start(['--yes', '--graph-url', interrupted.origin, ...signIn]);
    child.stdin.end(token);
    await inTheMiddle.promise;
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    await close(interrupted.server);
    expect(state().applications).toHaveLength(requiredApps.length);
    expect(state().servicePrincipals).toEqual([]);

    const args = ['--graph-url', graph.origin, ...signIn];
    const again = await register(['--yes', ...args], {}, token);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain('application created');
    expect(again.stdout).toContain('obo-spa: service principal created');
    expect((await register(['--dry-run', '--exit-code', ...args], {}, token)).code).toBe(0);
  });

  test('says that the next run continues when it is interrupted', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const child = start(['--local', '--yes'], { LOCAL_TENANT_PORT: port });
    const stderr = text(child.stderr);
    await once(silent, 'connection');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(await stderr).toContain('Run the same command again: it continues from here.');
    silent.close();
  });
});

describe('with the local tenant', () => {
  test('shows a setting that differs, and repairs it', async () => {
    await running.register();
    const spa = application('obo-spa');
    if (spa) spa.spa.redirectUris = [];
    expect((await register(['--local', '--dry-run'])).code).toBe(0);
    expect(await register(['--local', '--dry-run', '--exit-code'])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(
        '~ obo-spa: spa.redirectUris: [] → ["http://localhost:3000/redirect.html"]\n',
      ),
    });
    const repair = await register(['--local', '--yes']);
    expect(repair.code).toBe(0);
    // No file changed, so running apps need no restart.
    expect(repair.stdout).not.toContain('Restart');
    expect(await running.plan()).toEqual([]);
  });

  test('shows only the items in which long lists differ', async () => {
    await running.register();
    application('obo-middle-tier-api')?.requiredResourceAccess[0]?.resourceAccess.pop();
    expect((await register(['--local', '--dry-run'])).stdout).toContain(
      '~ obo-middle-tier-api: requiredResourceAccess: + Microsoft Graph/offline_access\n',
    );
  });

  test('removes everything that it created', async () => {
    await running.register();
    expect((await register(['--local', '--dry-run', '--remove'])).code).toBe(0);
    expect((await register(['--local', '--dry-run', '--exit-code', '--remove'])).code).toBe(2);
    expect((await register(['--local', '--yes', '--remove'])).stdout).toContain('Removed.');
    expect(state().applications).toEqual([]);
    await expect(readFile(running.files.spa)).rejects.toThrow('ENOENT');
  });

  test('prints only JSON with --json, without the secret', async () => {
    const { stdout } = await register(['--local', '--yes', '--json', '--grant-admin-consent']);
    expect(JSON.parse(stdout)).toMatchObject({
      tenant: { id: running.tenant.tenantId, defaultDomain: 'contoso.example' },
      account: { userPrincipalName: 'kwame.mensah@contoso.example' },
      consent: { state: 'granted' },
      written: requiredApps.map(({ key }) => running.files[key]),
    });
    const { CLIENT_SECRET = '' } = await middleTierFile();
    expect(CLIENT_SECRET.length).toBeGreaterThan(16);
    expect(stdout).not.toContain(CLIENT_SECRET);
    const again = await register(['--local', '--dry-run', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [] });
  });

  test('keeps the options of the last run, unless other values are given', async () => {
    const [spa, other] = ['https://leave.example.com', 'http://localhost:3000'];
    const options = ['--spa-url', spa, '--spa-url', other, '--credential', 'certificate'];
    await register(['--local', '--yes', ...options, '--downstream-url', 'https://api.leave.example.com']);
    expect((await register(['--local', '--dry-run', '--exit-code'])).code).toBe(0);
    expect(await middleTierFile()).toMatchObject({
      ALLOWED_ORIGINS: `${spa},${other}`,
      DOWNSTREAM_API_BASE_URL: 'https://api.leave.example.com',
      CLIENT_CERTIFICATE_FILE: expect.stringMatching(/middle-tier-api\.pem$/),
    });
    expect((await register(['--local', '--dry-run', '--exit-code', '--spa-url', other])).code).toBe(2);
    expect((await register(['--local', '--dry-run'], { SPA_PORT: '3100' })).stdout).toContain(
      '["http://localhost:3100/redirect.html"]',
    );
  });

  test('admits users of other tenants with --multi-tenant', async () => {
    await register(['--local', '--yes', '--multi-tenant', '--allow-tenant', guid]);
    const audiences = state().applications.map(({ signInAudience }) => signInAudience);
    expect(new Set(audiences)).toEqual(new Set(['AzureADMultipleOrgs']));
    expect(parseEnv(await readFile(running.files.downstreamApi, 'utf8')).ALLOWED_TENANT_IDS).toBe(
      `${running.tenant.tenantId},${guid}`,
    );
    expect((await register(['--local', '--dry-run', '--exit-code'])).code).toBe(0);
  });
});

describe('with a tenant that requires a sign-in', () => {
  const realTenant = () => ['--graph-url', graph.origin, '--authority-url', 'https://login.example'];

  /** Installs an Azure CLI that gives this answer. */
  async function installAzureCli(answer: string): Promise<void> {
    const directory = join(running.environmentDirectory, 'bin');
    await mkdir(directory);
    await writeFile(join(directory, 'az'), `#!/bin/sh\n${answer}\n`);
    await chmod(join(directory, 'az'), 0o755);
    vi.stubEnv('PATH', `${directory}:/bin:/usr/bin`);
  }
  const installLoggedInAzureCli = () =>
    installAzureCli(
      `echo '${JSON.stringify({ accessToken: token, expires_on: Math.floor(Date.now() / 1000) + 3600 })}'`,
    );

  test("uses Azure CLI's login, and writes files for the real identity provider", async () => {
    await installLoggedInAzureCli();
    const { code, stdout } = await register(['--yes', ...realTenant()]);
    expect(code).toBe(0);
    expect(stdout).toContain('(Azure CLI)');
    expect(stdout).toContain('Next: npx -y pnpm@12 start --tenant');
    const variables = await middleTierFile();
    expect(variables).toMatchObject({
      AUTHORITY: `https://login.example/${running.tenant.tenantId}`,
      GRAPH_BASE_URL: `${graph.origin}/v1.0`,
    });
    expect(variables).not.toHaveProperty('AUTHORITY_METADATA');
    expect(variables).not.toHaveProperty('GRAPH_SCOPES');
  });

  test('writes the scopes and the audience of a national cloud', async () => {
    const { appId, id } = {
      appId: '0b6c8f14-6a3e-4d57-9d0e-1f2a3b4c5d6e',
      id: '9c1d2e3f-4a5b-4c6d-8e7f-0a1b2c3d4e5f',
    };
    addServicePrincipal(running.tenant, { id, appId, servicePrincipalType: 'ManagedIdentity' });
    const args = ['--yes', ...realTenant(), '--cloud', 'us-government', '--managed-identity', appId];
    expect((await register([...args, '--graph-token-file', '-'], {}, token)).code).toBe(0);
    expect(await middleTierFile()).toMatchObject({
      GRAPH_SCOPES: 'https://graph.microsoft.us/User.Read https://graph.microsoft.us/User.ReadBasic.All',
      MANAGED_IDENTITY_CLIENT_ID: appId,
      TOKEN_EXCHANGE_AUDIENCE: 'api://AzureADTokenExchangeUSGov',
    });
    expect(
      state().applications.flatMap(({ federatedIdentityCredentials }) => federatedIdentityCredentials),
    ).toMatchObject([
      {
        issuer: `https://login.example/${running.tenant.tenantId}/v2.0`,
        subject: id,
        audiences: ['api://AzureADTokenExchangeUSGov'],
      },
    ]);
  });

  test('accepts a token from standard input', async () => {
    const args = ['--yes', ...realTenant(), '--graph-token-file', '-'];
    const { code, stdout } = await register(args, {}, `${token}\n`);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('(the given token)') });
    expect(stdout).not.toContain(token);
  });

  test('gives the reason for each failed way to sign in, and names another', async () => {
    await installAzureCli('echo "Please run: az login" >&2; exit 1');
    const { code, stdout, stderr } = await register(['--yes', ...realTenant()]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/Sign-in failed:\n {2}Azure CLI: Please run 'az login'/);
    expect(stderr).toMatch(
      /browser: not an interactive terminal.*device code: not an interactive terminal.*--graph-token-file/s,
    );
    expect(stderr).not.toContain('    at ');
  });

  test('stops before any change in another tenant than the named one', async () => {
    const args = ['--yes', ...realTenant(), '--graph-token-file', '-', '--tenant', guid];
    const { code, stderr } = await register(args, {}, token);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /you are signed in to Contoso \(local tenant\) \(contoso\.example\), not to 3f1c7a52/,
    );
    expect(state().applications).toEqual([]);
  });
});

describe('exits with code 1 and one message', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'for an unknown flag',
      ['--color'],
      {},
      /unknown option '--color'\nRun with --help to list the flags\.\n$/,
    ],
    ['without a terminal', ['--local'], {}, /Not an interactive terminal: pass --yes or --dry-run\./],
    ['for an invalid port', ['--local', '--yes'], { SPA_PORT: 'abc' }, /SPA_PORT: must be a port number/],
    [
      'when no tenant answers',
      ['--local', '--yes'],
      { LOCAL_TENANT_PORT: '1' },
      /No local tenant answers at http:\/\/localhost:1\./,
    ],
    [
      'for a federated credential without an identity',
      ['--local', '--yes', '--credential', 'federated'],
      {},
      /name the identity to trust/,
    ],
    [
      'when the tenant has no such managed identity',
      ['--local', '--yes', '--managed-identity', guid],
      {},
      /is not a managed identity of this tenant/,
    ],
  ])('%s', async (_what, args, env, message) => {
    const { code, stderr } = await register(args, env);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
    expect(state().applications).toEqual([]);
  });
});

test('prints its help', async () => {
  const { code, stdout } = await register(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--grant-admin-consent');
});
