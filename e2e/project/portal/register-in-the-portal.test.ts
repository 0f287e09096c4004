import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
  type AppKey,
  type Environment,
  environmentFilesIn,
  missingVariables,
  type RegisterOptions,
  writeEnvironmentFiles,
} from '@obo/app-registration';
import { forEachApp, requiredApps } from '@obo/app-registration/apps';
import { tenant } from '@obo/local-tenant';
import { type Listening, listen } from '@obo/service-defaults/server';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { type Followed, followPage } from './follow-page.ts';
import { Portal } from './portal.ts';
import { type Page, readPage } from './read-page.ts';

const root = resolve(import.meta.dirname, '../../..');
const register = join(root, 'infra/app-registration/src/main.ts');
const doctor = join(root, 'infra/doctor/src/main.ts');

describe('following the page for the portal', () => {
  let text: string;
  let page: Page;
  let chain: Chain;
  let portal: Portal;
  let followed: Followed;
  let directory: string;
  /** The variables in the files, with the addresses of the local tenant. */
  let environments: Record<AppKey, Environment>;
  /** Microsoft Graph at its own origin, like the real one. */
  let graph: Listening;
  let getToken: RegisterOptions['getToken'];

  async function followInLocalTenant(options: RegisterOptions) {
    ({ getToken } = options);
    portal = new Portal(options.graphBaseUrl, getToken);
    followed = await followPage(page, portal, tenant.id);
    const identityProvider = {
      AUTHORITY: options.authority,
      AUTHORITY_METADATA: JSON.stringify(options.authorityMetadata),
    };
    const local = forEachApp(({ key }) => ({ ...followed.environments[key], ...identityProvider }));
    environments = {
      ...local,
      bff: {},
      middleTierApi: {
        ...local.middleTierApi,
        GRAPH_BASE_URL: options.graphBaseUrl,
        DOWNSTREAM_API_BASE_URL: options.urls.downstreamApi ?? '',
      },
    };
    return { environments };
  }

  beforeAll(async () => {
    text = await readFile(join(root, 'docs/how-to/register-in-the-portal.md'), 'utf8');
    page = readPage(text);
    chain = await startChain({ spaUrl: 'http://localhost:3000', registerApps: followInLocalTenant });
    directory = await mkdtemp(join(tmpdir(), 'portal-'));
    for (const [path, content] of Object.entries(followed.files))
      await writeFile(join(directory, basename(path)), content);
    const app = express();
    app.use((request, response) => {
      request.url = `/graph${request.url}`;
      chain.tenant.app(request, response);
    });
    graph = await listen(app, { host: 'localhost', port: 0 });
  });
  afterAll(async () => {
    await graph?.close();
    await chain?.close();
    await rm(directory, { recursive: true });
  });

  /** Runs `register` against the tenant, with the files from the page. */
  async function run(...args: string[]): Promise<{ code: number; changes: { property: string }[] }> {
    const token = await getToken();
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [register, '--json', '--graph-token-file', '-', '--graph-url', graph.url, ...args],
        { env: { ENVIRONMENT_DIRECTORY: directory } },
        (error, stdout, stderr) =>
          resolve({
            code: error ? Number(error.code) : 0,
            ...JSON.parse(stdout || JSON.stringify({ stderr })),
          }),
      );
      child.stdin?.end(token);
    });
  }

  /** Runs the page's commands with an `az` that sends nothing, and returns the options of `az rest`. */
  async function runAdoption(objectId: string, body: string): Promise<Record<string, string>> {
    const az = join(directory, 'az');
    await writeFile(az, `#!/bin/sh\n[ "$1" != rest ] || printf '%s\\0' "$@"\n`, { mode: 0o755 });
    const commands = page.adoptionCommands
      .replace('<Directory (tenant) ID>', tenant.id)
      .replace('<Object ID>', objectId)
      .replace('<body>', body);
    const output = await new Promise<string>((resolve, reject) => {
      const env = { PATH: `${directory}:/usr/bin:/bin` };
      execFile('sh', ['-ec', commands], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
    const [, ...options] = output.split('\0').slice(0, -1);
    return Object.fromEntries(
      options.flatMap((name, at) => (at % 2 === 0 ? [[name, options[at + 1] ?? '']] : [])),
    );
  }

  /** Returns the findings of `doctor` about the tenant and its files. */
  async function examine(): Promise<{ id: string; section: string }[]> {
    const local = join(directory, 'local');
    await writeEnvironmentFiles(environmentFilesIn(local), environments);
    const { port } = new URL(chain.tenant.authorityMetadata.issuer);
    const env = { ENVIRONMENT_DIRECTORY: local, LOCAL_TENANT_PORT: port };
    const findings: { id: string; section: string }[] = await new Promise((resolve) => {
      execFile(process.execPath, [doctor, '--json'], { env }, (_error, stdout) =>
        resolve(JSON.parse(stdout)),
      );
    });
    return findings.filter(({ section }) => section !== 'machine');
  }

  async function overview() {
    const token = await chain.accessTokenOf('priya.raman@contoso.example');
    const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.json();
  }
  const whole = { profile: { state: 'ok' }, leave: { state: 'ok' } };

  test('gives complete environment files', () => {
    const { environments } = followed;
    for (const { key } of requiredApps) expect(missingVariables(key, environments[key])).toEqual([]);
  });

  test('gives a chain that works', async () => {
    expect(await overview()).toMatchObject(whole);
  });

  test('gives the authentication context that the downstream API demands', async () => {
    const { state } = chain.tenant.directory;
    const isAbout = ({ id }: { id: string }) => id.startsWith('authentication_context');
    state.authenticationContexts = [];
    expect((await examine()).filter(isAbout)).toMatchObject([{ id: 'authentication_context_missing' }]);
    const { ID, Name, Description, 'Publish to apps': published } = page.authenticationContext;
    state.authenticationContexts = [
      {
        id: ID ?? '',
        displayName: Name ?? '',
        description: Description ?? '',
        isAvailable: published === 'Selected',
      },
    ];
    expect((await examine()).filter(isAbout)).toEqual([]);
  });

  test('lets register and doctor take over: only the IDs of scopes differ, and the secret stays', async () => {
    const apps = { property: 'application', to: 'created' };
    expect(await run('--dry-run')).toMatchObject({
      code: 0,
      changes: expect.arrayContaining([expect.objectContaining(apps)]),
    });

    for (const { id, displayName } of followed.applications) {
      const sent = await runAdoption(id, page.adoption[displayName] ?? '');
      expect(sent).toMatchObject({
        '--method': 'patch',
        '--url': `https://graph.microsoft.com/v1.0/applications/${id}`,
        '--headers': 'Content-Type=application/json',
      });
      await portal.patch(id, JSON.parse(sent['--body'] ?? ''));
    }
    const { code, changes } = await run('--dry-run');
    expect(code).toBe(0);
    expect(new Set(changes.map(({ property }) => property))).toEqual(
      new Set(['api.oauth2PermissionScopes', 'api.preAuthorizedApplications', 'requiredResourceAccess']),
    );

    const found = new Set((await examine()).map(({ id }) => id));
    expect(found).toEqual(new Set(['scope_id_differs', 'consent_missing']));

    const registered = await run('--yes');
    expect(registered).toMatchObject({ code: 0 });
    expect(registered.changes).toHaveLength(changes.length);
    expect(await run('--dry-run')).toMatchObject({ code: 0, changes: [] });
    await chain.reset();
    expect(await overview()).toMatchObject(whole);
  });

  test('adds the backend for frontend, which register then finds as described', async () => {
    const { application, file } = await followed.addBff();
    const [, body = ''] = /Then send `(\{.+?\})`/.exec(text) ?? [];
    await portal.patch(application.id, JSON.parse(body));
    await writeFile(join(directory, 'bff.env'), file);
    expect(await run('--dry-run')).toMatchObject({ code: 0, changes: [] });
  });
});
