import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessLocalTenant } from '../src/local-tenant.ts';
import {
  addServicePrincipal,
  close,
  listen,
  type RunningTenant,
  runTenant,
} from '../testing/running-tenant.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let running: RunningTenant;
let graph: Awaited<ReturnType<typeof listen>>;
let token: string;

beforeEach(async () => {
  running = await runTenant();
  token = await (await accessLocalTenant(running.baseUrl)).getToken();
  // Microsoft Graph at an origin of its own, as the real one is.
  graph = await listen((request, response) => {
    request.url = `/graph${request.url}`;
    running.tenant.app(request, response);
  });
});
afterEach(async () => {
  await close(graph.server);
  await running[Symbol.asyncDispose]();
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program where nobody can be asked. */
function program(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Outcome> {
  const environment = {
    LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
    ENVIRONMENT_DIRECTORY: running.environmentDirectory,
    PATH: '',
    ...env,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

describe('with the local tenant', () => {
  test('registers, and finds nothing more to change', async () => {
    const first = await program(['--local', '--yes']);
    expect(first.stdout).toMatch(/^Tenant: +Contoso \(local tenant\) \(contoso\.example, 5f0c9a52/);
    expect(first.stdout).toMatch(
      /Signed in: Kwame Mensah, kwame\.mensah@contoso\.example, with its administrator/,
    );
    expect(first.stdout).toMatch(
      /obo-spa: application created\n.*wrote .*spa\.env\n.*Next: npx -y pnpm@12 start .*until it is started again\.\n$/s,
    );
    expect(await program(['--local', '--dry-run'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to change'),
    });
  });

  test('registers to the end when nobody reads what it prints', async () => {
    const env = {
      LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
      ENVIRONMENT_DIRECTORY: running.environmentDirectory,
      PATH: '',
    };
    const child = spawn(process.execPath, [main, '--local', '--yes'], { env });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).not.toContain('EPIPE');
    expect(await running.plan()).toEqual([]);
  });

  test('names what drifted, and repairs it', async () => {
    await running.register();
    const spa = running.tenant.directory.state.applications.find(
      ({ uniqueName }) => uniqueName === 'obo-spa',
    );
    if (spa) spa.spa.redirectUris = [];
    expect(await program(['--local', '--dry-run'])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(
        '~ obo-spa: spa.redirectUris: [] → ["http://localhost:3000/redirect.html"]\n',
      ),
    });
    const repair = await program(['--local', '--yes']);
    expect(repair.code).toBe(0);
    // No file changed, so what runs need not be started again.
    expect(repair.stdout).not.toContain('started again');
    expect(await running.plan()).toEqual([]);
  });

  test('names the items in which long lists differ', async () => {
    await running.register();
    const middleTier = running.tenant.directory.state.applications.find(
      ({ uniqueName }) => uniqueName === 'obo-middle-tier-api',
    );
    middleTier?.requiredResourceAccess[0]?.resourceAccess.pop();
    expect((await program(['--local', '--dry-run'])).stdout).toContain(
      '~ obo-middle-tier-api: requiredResourceAccess: + Microsoft Graph/offline_access\n',
    );
  });

  test('removes all that it made', async () => {
    await running.register();
    expect((await program(['--local', '--dry-run', '--remove'])).code).toBe(2);
    expect((await program(['--local', '--yes', '--remove'])).stdout).toContain('Removed.');
    expect(running.tenant.directory.state.applications).toEqual([]);
    await expect(readFile(running.files.spa)).rejects.toThrow('ENOENT');
  });

  test('prints JSON and nothing else for machines, without the secret', async () => {
    const { stdout } = await program(['--local', '--yes', '--json', '--grant-admin-consent']);
    expect(JSON.parse(stdout)).toMatchObject({
      tenant: { id: running.tenant.tenantId, defaultDomain: 'contoso.example' },
      account: { userPrincipalName: 'kwame.mensah@contoso.example' },
      consent: { state: 'given' },
      written: Object.values(running.files),
    });
    const { CLIENT_SECRET = '' } = parseEnv(await readFile(running.files.middleTierApi, 'utf8'));
    expect(CLIENT_SECRET.length).toBeGreaterThan(16);
    expect(stdout).not.toContain(CLIENT_SECRET);
    const again = await program(['--local', '--dry-run', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [] });
  });

  test('keeps to what an earlier run was told, until it is told otherwise', async () => {
    const [spa, other] = ['https://leave.example.com', 'http://localhost:3000'];
    const told = ['--spa-url', spa, '--spa-url', other, '--credential', 'certificate'];
    await program(['--local', '--yes', ...told, '--downstream-url', 'https://api.leave.example.com']);
    expect((await program(['--local', '--dry-run'])).code).toBe(0);
    expect(parseEnv(await readFile(running.files.middleTierApi, 'utf8'))).toMatchObject({
      ALLOWED_ORIGINS: `${spa},${other}`,
      DOWNSTREAM_API_BASE_URL: 'https://api.leave.example.com',
      CLIENT_CERTIFICATE_FILE: expect.stringMatching(/middle-tier-api\.pem$/),
    });
    expect((await program(['--local', '--dry-run', '--spa-url', other])).code).toBe(2);
    expect((await program(['--local', '--dry-run'], { SPA_PORT: '3100' })).stdout).toContain(
      '["http://localhost:3100/redirect.html"]',
    );
  });

  test('takes people of other tenants if it is told to', async () => {
    const other = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    await program(['--local', '--yes', '--multi-tenant', '--allow-tenant', other]);
    const audiences = running.tenant.directory.state.applications.map(({ signInAudience }) => signInAudience);
    expect(new Set(audiences)).toEqual(new Set(['AzureADMultipleOrgs']));
    expect(parseEnv(await readFile(running.files.downstreamApi, 'utf8')).ALLOWED_TENANT_IDS).toBe(
      `${running.tenant.tenantId},${other}`,
    );
    expect((await program(['--local', '--dry-run'])).code).toBe(0);
  });
});

describe('with a tenant that is signed in to', () => {
  const elsewhere = () => ['--graph-url', graph.origin, '--authority-url', 'https://login.example'];

  /** An Azure CLI that gives this answer. */
  async function azureCli(answer: string): Promise<Record<string, string>> {
    const directory = join(running.environmentDirectory, 'bin');
    await mkdir(directory);
    await writeFile(join(directory, 'az'), `#!/bin/sh\n${answer}\n`);
    await chmod(join(directory, 'az'), 0o755);
    return { PATH: `${directory}:/bin:/usr/bin` };
  }
  const loggedIn = () =>
    azureCli(
      `echo '${JSON.stringify({ accessToken: token, expires_on: Math.floor(Date.now() / 1000) + 3600 })}'`,
    );

  test("takes Azure CLI's login, and writes files for the real identity provider", async () => {
    const { code, stdout } = await program(['--yes', ...elsewhere()], await loggedIn());
    expect(code).toBe(0);
    expect(stdout).toContain('with Azure CLI');
    expect(stdout).toContain('Next: npx -y pnpm@12 start --tenant');
    const environment = parseEnv(await readFile(running.files.middleTierApi, 'utf8'));
    expect(environment).toMatchObject({
      AUTHORITY: `https://login.example/${running.tenant.tenantId}`,
      GRAPH_BASE_URL: `${graph.origin}/v1.0`,
    });
    expect(environment).not.toHaveProperty('AUTHORITY_METADATA');
    expect(environment).not.toHaveProperty('GRAPH_SCOPES');
  });

  test('writes the scopes and audience of a national cloud', async () => {
    const { appId, id } = {
      appId: '0b6c8f14-6a3e-4d57-9d0e-1f2a3b4c5d6e',
      id: '9c1d2e3f-4a5b-4c6d-8e7f-0a1b2c3d4e5f',
    };
    addServicePrincipal(running.tenant, { id, appId, servicePrincipalType: 'ManagedIdentity' });
    const args = ['--yes', ...elsewhere(), '--cloud', 'us-government', '--managed-identity', appId];
    expect((await program(args, await loggedIn())).code).toBe(0);
    expect(parseEnv(await readFile(running.files.middleTierApi, 'utf8'))).toMatchObject({
      GRAPH_SCOPES: 'https://graph.microsoft.us/User.Read https://graph.microsoft.us/User.ReadBasic.All',
      MANAGED_IDENTITY_CLIENT_ID: appId,
      TOKEN_EXCHANGE_AUDIENCE: 'api://AzureADTokenExchangeUSGov',
    });
    const { applications } = running.tenant.directory.state;
    expect(
      applications.flatMap(({ federatedIdentityCredentials }) => federatedIdentityCredentials),
    ).toMatchObject([
      {
        issuer: `https://login.example/${running.tenant.tenantId}/v2.0`,
        subject: id,
        audiences: ['api://AzureADTokenExchangeUSGov'],
      },
    ]);
  });

  test('takes a token from standard input', async () => {
    const { code, stdout } = await program(
      ['--yes', ...elsewhere(), '--graph-token-file', '-'],
      {},
      `${token}\n`,
    );
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('with the token that was given'),
    });
    expect(stdout).not.toContain(token);
  });

  test('continues after Ctrl-C in the middle', async () => {
    const signIn = ['--graph-token-file', '-'];
    let reachedTheMiddle = () => {};
    const inTheMiddle = new Promise<void>((resolve) => {
      reachedTheMiddle = resolve;
    });
    const cut = await listen((request, response) => {
      if (request.method === 'POST' && request.url?.includes('/servicePrincipals')) return reachedTheMiddle();
      request.url = `/graph${request.url}`;
      running.tenant.app(request, response);
    });
    const args = ['--yes', '--graph-url', cut.origin, '--authority-url', 'https://login.example', ...signIn];
    const child = spawn(process.execPath, [main, ...args], {
      env: { ENVIRONMENT_DIRECTORY: running.environmentDirectory },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end(token);
    await inTheMiddle;
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    await close(cut.server);
    expect(running.tenant.directory.state.applications).toHaveLength(3);
    expect(running.tenant.directory.state.servicePrincipals).toEqual([]);

    const again = await program(['--yes', ...elsewhere(), ...signIn], {}, token);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain('application created');
    expect(again.stdout).toContain('obo-spa: service principal created');
    expect((await program(['--dry-run', ...elsewhere(), ...signIn], {}, token)).code).toBe(0);
  });

  test('says why nobody could be signed in, and what else there is', async () => {
    const { code, stdout, stderr } = await program(
      ['--yes', ...elsewhere()],
      await azureCli('echo "Please run: az login" >&2; exit 1'),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/Nobody could be signed in:\n {2}Azure CLI: Please run 'az login'/);
    expect(stderr).toMatch(/browser: nobody is there.*device code: nobody is there.*--graph-token-file/s);
    expect(stderr).not.toContain('    at ');
  });

  test('refuses another tenant than the one that is meant, before it looks further', async () => {
    const other = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    const args = ['--yes', ...elsewhere(), '--graph-token-file', '-', '--tenant', other];
    const { code, stderr } = await program(args, {}, token);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /this is signed in to Contoso \(local tenant\) \(contoso\.example\), and not to 3f1c7a52/,
    );
    expect(running.tenant.directory.state.applications).toEqual([]);
  });
});

describe('ends with one message and exit code 1', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['an unknown flag', ['--colour'], {}, /Unknown option '--colour'.*\n--help lists the flags/s],
    ['nobody to ask', ['--local'], {}, /Nobody can be asked here.*--yes.*--dry-run/],
    ['a port that is none', ['--local', '--yes'], { SPA_PORT: 'abc' }, /SPA_PORT: must be a port number/],
    [
      'no tenant there',
      ['--local', '--yes'],
      { LOCAL_TENANT_PORT: '1' },
      /No local tenant answers at http:\/\/localhost:1\./,
    ],
    [
      'a federated credential of nobody',
      ['--local', '--yes', '--credential', 'federated'],
      {},
      /which identity is to be trusted/,
    ],
    [
      'no such managed identity',
      ['--local', '--yes', '--managed-identity', '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34'],
      {},
      /is not a managed identity of this tenant/,
    ],
  ])('%s', async (_what, args, env, message) => {
    const { code, stderr } = await program(args, { ...env });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
    expect(running.tenant.directory.state.applications).toEqual([]);
  });
});

test('prints its help', async () => {
  const { code, stdout } = await program(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--grant-admin-consent');
});

test('says that it continues when it is interrupted', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const child = spawn(process.execPath, [main, '--local', '--yes'], { env: { LOCAL_TENANT_PORT: port } });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(silent, 'connection');
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
  expect(stderr).toContain('Run the same again: it continues where this ended.');
  silent.close();
});
