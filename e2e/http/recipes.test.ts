import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { accessTokenOf, createAccessTokenGuard, type Listening, listen, route } from '@obo/service-defaults';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { type MiddleTierProcess, startMiddleTierProcess } from '../chain/middle-tier-process.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const priya = 'priya.raman@contoso.example';

/** The lines between the fences of a page's diff. */
async function diffOf(page: string): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  return `${/^```diff\n([\s\S]*?)^```$/m.exec(text)?.[1]}`;
}

/** Copies the APIs with what they are made of, and what registers them, and changes them as a page says. */
async function applyTo(directory: string, diff: string): Promise<void> {
  const isSource = (path: string): boolean => !/\/(dist|test|\.data)(\/|$)/.test(path.slice(root.length));
  const apis = ['middle-tier-api', 'downstream-api', 'service-defaults'].map((name) => `apps/${name}`);
  for (const part of [...apis, 'infra/app-registration', 'package.json', 'pnpm-workspace.yaml'])
    await cp(join(root, part), join(directory, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isSource,
    });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const configuration = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ ...configuration, include: ['apps/*/src'] }),
  );
  await writeFile(join(directory, 'page.diff'), diff);
  await run('git', ['apply', 'page.diff'], { cwd: directory });
}

async function expectTypesToHold(directory: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await expect(run(process.execPath, [tsc, '-p', directory])).resolves.toMatchObject({ stdout: '' });
}

async function overviewOf(chain: Chain, { url }: MiddleTierProcess) {
  const token = await chain.accessTokenOf(priya);
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return { headers: response.headers, body: await response.json() };
}

/** Registers it as its owner would: a copy of the leave API's registration, which pre-authorises the middle tier. */
function registerExpensesApi({ tenant, environments }: Chain, middleTierId: string): string {
  const { state } = tenant.directory;
  const leaveApi = state.applications.find(({ appId }) => appId === environments.downstreamApi.CLIENT_ID);
  const [scope] = leaveApi?.api.oauth2PermissionScopes ?? [];
  if (!leaveApi || !scope) throw new Error('The leave API is not registered');
  const [appId, scopeId] = [randomUUID(), randomUUID()];
  state.applications.push({
    ...leaveApi,
    id: randomUUID(),
    appId,
    uniqueName: null,
    displayName: 'Expenses',
    identifierUris: [`api://${appId}`],
    api: {
      ...leaveApi.api,
      oauth2PermissionScopes: [{ ...scope, id: scopeId, value: 'Expenses.Read' }],
      preAuthorizedApplications: [{ appId: middleTierId, delegatedPermissionIds: [scopeId] }],
    },
  });
  state.servicePrincipals.push({
    id: randomUUID(),
    appId,
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    appOwnerOrganizationId: tenant.tenantId,
    tags: [],
    servicePrincipalType: 'Application',
  });
  return appId;
}

describe('adding a third API behind the middle tier, as its page says', () => {
  let directory: string;
  let diff: string;
  let chain: Chain;
  let expensesApi: Listening;
  let middleTier: MiddleTierProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    diff = await diffOf('docs/how-to/add-a-downstream-api.md');
    await applyTo(directory, diff);

    chain = await startChain();
    const { CLIENT_ID: middleTierId = '' } = chain.environments.middleTierApi;
    const clientId = registerExpensesApi(chain, middleTierId);
    const guard = createAccessTokenGuard({
      authority: {
        ...chain.tenant.authorityMetadata,
        url: chain.tenant.authority,
        tenantId: chain.tenant.tenantId,
        jwksUri: chain.tenant.authorityMetadata.jwks_uri,
        metadata: undefined,
      },
      clientId,
      allowedClientIds: [middleTierId],
      validator: 'jose',
    });
    const app = express();
    route(app, '/api/expenses', {
      get: [
        guard.requireScope('Expenses.Read'),
        (_request, response) =>
          void response.json({ openClaims: 2, total: 99.5, of: accessTokenOf(response).person }),
      ],
    });
    expensesApi = await listen(app, { host: 'localhost', port: 0 });
    middleTier = await startMiddleTierProcess(
      {
        ...chain.environments.middleTierApi,
        PORT: '0',
        EXPENSES_API_BASE_URL: expensesApi.url,
        EXPENSES_API_SCOPE: `api://${clientId}/Expenses.Read`,
      },
      { directory: join(directory, 'apps/middle-tier-api') },
    );
  });

  afterAll(async () => {
    middleTier?.signal('SIGKILL');
    await middleTier?.ended;
    await expensesApi?.close();
    await chain?.close();
    await rm(directory, { recursive: true });
  });

  test('takes fewer than 30 lines', () => {
    expect(diff.match(/^[+-](?!\+\+ |-- )/gm)?.length).toBeLessThan(30);
  });

  test('passes the type checks', () => expectTypesToHold(directory));

  const overview = () => overviewOf(chain, middleTier);

  test('gives the overview a third section, on behalf of the person', async () => {
    const { headers, body } = await overview();
    expect(body).toMatchObject({
      profile: { state: 'ok' },
      leave: { state: 'ok' },
      expenses: { state: 'ok', data: { openClaims: 2, total: 99.5 } },
    });
    expect(headers.get('server-timing')).toMatch(/expenses_token;.*expenses;/);
    const { dependencies } = await (await fetch(`${middleTier.url}/readyz`)).json();
    expect(dependencies).toMatchObject({ expenses: 'answering' });
  });

  test('leaves the other two whole when it is down', async () => {
    await expensesApi.close();
    expect((await overview()).body).toMatchObject({
      profile: { state: 'ok' },
      leave: { state: 'ok' },
      expenses: { state: 'unavailable', problem: { dependency: 'expenses', reason: 'unreachable' } },
    });
  });
});

describe('removing passport-azure-ad, as its page says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await applyTo(directory, await diffOf('docs/how-to/replace-passport-azure-ad.md'));
    await rm(join(directory, 'apps/service-defaults/src/access-token/verify-with-passport.ts'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('passes the type checks', () => expectTypesToHold(directory));

  test('leaves a middle tier that works', async () => {
    const chain = await startChain();
    const middleTier = await startMiddleTierProcess(
      { ...chain.environments.middleTierApi, PORT: '0' },
      { directory: join(directory, 'apps/middle-tier-api') },
    );
    try {
      expect((await overviewOf(chain, middleTier)).body).toMatchObject({
        profile: { state: 'ok' },
        leave: { state: 'ok' },
      });
    } finally {
      middleTier.signal('SIGKILL');
      await middleTier.ended;
      await chain.close();
    }
  });

  test('leaves no import of it', () => {
    const sources = globSync('apps/*/src/**/*.ts', { cwd: directory });
    const importing = sources.filter((file) =>
      /from 'passport/.test(readFileSync(join(directory, file), 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(50);
    expect(importing).toEqual([]);
  });
});

describe('using External ID, as its page says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await applyTo(directory, await diffOf('docs/how-to/use-external-id.md'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('passes the type checks', () => expectTypesToHold(directory));

  test('leaves a middle tier that asks Graph for nothing but the person', async () => {
    const chain = await startChain();
    const middleTier = await startMiddleTierProcess(
      { ...chain.environments.middleTierApi, PORT: '0' },
      { directory: join(directory, 'apps/middle-tier-api') },
    );
    try {
      const { headers, body } = await overviewOf(chain, middleTier);
      expect(body).toMatchObject({
        profile: { state: 'ok', data: { name: 'Priya Raman', manager: null } },
        leave: { state: 'ok' },
      });
      expect(headers.get('server-timing')).toMatch(/graph_me;/);
      expect(headers.get('server-timing')).not.toMatch(/graph_manager/);
    } finally {
      middleTier.signal('SIGKILL');
      await middleTier.ended;
      await chain.close();
    }
  });
});
