import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessTokenOf, createAccessTokenGuard } from '@obo/access-token';
import { type Listening, listen, route } from '@obo/service-defaults/server';
import express from 'express';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { type MiddleTierProcess, startMiddleTierProcess } from '../../chain/middle-tier-process.ts';
import {
  applyTo,
  codeIn,
  copyRepository,
  diffOf,
  expectTypesToHold,
  overviewOf,
  overviewOfCopy,
  run,
} from './recipe.ts';

/** Registers the expenses API with a copy of the downstream API's registration, which pre-authorizes the middle tier. */
function registerExpensesApi({ tenant, environments }: Chain, middleTierId: string): string {
  const { state } = tenant.directory;
  const leaveApi = state.applications.find(({ appId }) => appId === environments.downstreamApi.CLIENT_ID);
  const [scope] = leaveApi?.api.oauth2PermissionScopes ?? [];
  if (!leaveApi || !scope) throw new Error('The downstream API is not registered');
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

describe('adding a third API as the how-to says', () => {
  let directory: string;
  let diff: string;
  let chain: Chain;
  const app = express();
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
    route(app, '/api/expenses', {
      get: [
        guard.requireScope('Expenses.Read'),
        (_request, response) =>
          void response.json({ openClaims: 2, total: 99.5, of: accessTokenOf(response).userKey }),
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

  test('gives the overview a third section, on behalf of the user', async () => {
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

  test('does not affect the other two sections when the third API is down', async () => {
    const { port } = expensesApi;
    await expensesApi.close();
    onTestFinished(async () => {
      expensesApi = await listen(app, { host: 'localhost', port });
    });
    expect((await overview()).body).toMatchObject({
      profile: { state: 'ok' },
      leave: { state: 'ok' },
      expenses: { state: 'unavailable', problem: { dependency: 'expenses', reason: 'unreachable' } },
    });
  });
});

describe('removing passport-azure-ad as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await applyTo(directory, await diffOf('docs/how-to/replace-passport-azure-ad.md'));
    await rm(join(directory, 'apps/access-token/src/verify-with-passport.ts'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('passes the type checks', () => expectTypesToHold(directory));

  test('keeps the middle tier working', async () => {
    expect((await overviewOfCopy(directory)).body).toMatchObject({
      profile: { state: 'ok' },
      leave: { state: 'ok' },
    });
  });

  test('removes every import of it', () => {
    const sources = globSync('apps/*/src/**/*.ts', { cwd: directory });
    const importing = sources.filter((file) =>
      /from 'passport/.test(readFileSync(join(directory, file), 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(50);
    expect(importing).toEqual([]);
  });
});

describe('removing Redis as the how-to says', () => {
  const page = 'docs/how-to/remove-redis.md';
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await copyRepository(directory);
    await run('sh', ['-ec', await codeIn(page, 'sh')], { cwd: directory });
    await writeFile(join(directory, 'page.diff'), await diffOf(page));
    await run('git', ['apply', 'page.diff'], { cwd: directory });
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', async () => {
    expect((await overviewOfCopy(directory)).body).toMatchObject({
      profile: { state: 'ok' },
      leave: { state: 'ok' },
    });
  });

  test('removes every import of it from the apps', () => {
    const sources = globSync('apps/*/{src,test,testing}/**/*.ts', { cwd: directory });
    const importing = sources.filter((file) =>
      /from '.*(@redis\/client|\/shared-cache\/)/.test(readFileSync(join(directory, file), 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(importing).toEqual([]);
  });
});

describe('using External ID as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await applyTo(directory, await diffOf('docs/how-to/use-external-id.md'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('passes the type checks', () => expectTypesToHold(directory));

  test('lets the middle tier read only the user from Graph', async () => {
    const { headers, body } = await overviewOfCopy(directory);
    expect(body).toMatchObject({
      profile: { state: 'ok', data: { name: 'Priya Raman', manager: null } },
      leave: { state: 'ok' },
    });
    expect(headers.get('server-timing')).toMatch(/graph_me;/);
    expect(headers.get('server-timing')).not.toMatch(/graph_manager/);
  });
});
