import { readFile, stat, writeFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { azureCliAppId, password, signInOverHttp, users } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requiredApps } from '../src/apps.ts';
import { describeApps } from '../src/description.ts';
import { accessLocalTenant, LocalTenantUnreachableError } from '../src/local-tenant.ts';
import { describeChanges } from '../src/settings/describe-changes.ts';
import { type RunningTenant, runTenant } from '../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const allNames = describeApps({ spaUrls: [] }).map(({ uniqueName }) => uniqueName);
type App = ReturnType<typeof application>;
/** An ID that no object has. */
const strange = '11111111-2222-4333-8444-555555555555';
const scopes = 'api.oauth2PermissionScopes';

function application(uniqueName: string) {
  const found = running.tenant.directory.state.applications.find(
    (candidate) => candidate.uniqueName === uniqueName,
  );
  if (!found) throw new Error(`There is no ${uniqueName}.`);
  return found;
}

describe('in a tenant without the apps', () => {
  test('creates and reports the apps, their service principals and one secret', async () => {
    const { changes } = await running.register();
    expect(describeChanges(changes)).toEqual([
      ...allNames.map((name) => `${name}: application created`),
      ...allNames.map((name) => `${name}: service principal created`),
      'obo-middle-tier-api: client secret added, for 90 days',
    ]);
  });

  test('plans the same changes, except for IDs and dates, and makes none of them', async () => {
    const planned = await running.plan();
    expect(running.tenant.directory.state.applications.filter(({ uniqueName }) => uniqueName)).toEqual([]);
    const { changes } = await running.register();
    expect(describeChanges(planned).toSorted()).toEqual(describeChanges(changes).toSorted());
  });

  test('creates them as described, with references in both directions', async () => {
    await running.register();
    const [downstream, middleTier, spa] = [
      application('obo-downstream-api'),
      application('obo-middle-tier-api'),
      application('obo-spa'),
    ];
    expect(spa).toMatchObject({
      spa: { redirectUris: ['http://localhost:3000/redirect.html'] },
      web: {
        redirectUris: [],
        implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      },
      publicClient: { redirectUris: [] },
      isFallbackPublicClient: false,
      identifierUris: [],
    });
    expect(spa.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId)).toContain(middleTier.appId);
    expect(middleTier).toMatchObject({
      identifierUris: [`api://${middleTier.appId}`],
      api: { requestedAccessTokenVersion: 2, knownClientApplications: expect.arrayContaining([spa.appId]) },
    });
    expect(middleTier.api.oauth2PermissionScopes.map(({ value }) => value)).toEqual(['access_as_user']);
    expect(middleTier.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId)).toEqual([
      '00000003-0000-0000-c000-000000000000',
      downstream.appId,
    ]);
    const [read] = downstream.api.oauth2PermissionScopes;
    expect(read?.value).toBe('Leave.Read');
    expect(downstream).toMatchObject({
      identifierUris: [`api://${downstream.appId}`],
      api: {
        requestedAccessTokenVersion: 2,
        preAuthorizedApplications: [{ appId: middleTier.appId, delegatedPermissionIds: [read?.id] }],
      },
    });
    const claimsOf = ({ optionalClaims }: typeof downstream) =>
      optionalClaims?.accessToken.map(({ name }) => name);
    expect(claimsOf(middleTier)).toEqual(['acct', 'idtyp', 'xms_cc']);
    expect(claimsOf(downstream)).toEqual(['acct', 'idtyp', 'xms_cc', 'acrs']);
    for (const name of allNames) expect(application(name).tags).toEqual(['entra-on-behalf-of']);
  });

  test('creates the command line as a public client that the middle tier knows', async () => {
    const { environments } = await running.register();
    const cli = application('obo-cli');
    expect(cli).toMatchObject({
      spa: { redirectUris: [] },
      publicClient: { redirectUris: ['http://localhost'] },
      isFallbackPublicClient: true,
    });
    expect(application('obo-middle-tier-api').api.knownClientApplications).toContain(cli.appId);
    expect(environments.middleTierApi.ALLOWED_CLIENT_IDS?.split(',')).toContain(cli.appId);
    expect(parseEnv(await readFile(running.files.cli, 'utf8'))).toEqual(environments.cli);
  });

  test('registers a client for agents if the middle tier is an MCP server', async () => {
    const mcpUrl = 'http://localhost:4000/mcp';
    const { environments } = await running.register({ mcpUrl });
    const [middleTier, client] = [application('obo-middle-tier-api'), application('obo-mcp-client')];
    expect(middleTier.identifierUris).toEqual([`api://${middleTier.appId}`, mcpUrl]);
    expect(middleTier.web.redirectUris).toContain(`${mcpUrl}/sign-in/callback`);
    expect(middleTier.api.knownClientApplications).toContain(client.appId);
    expect(client).toMatchObject({
      isFallbackPublicClient: true,
      passwordCredentials: [],
      identifierUris: [],
    });
    expect(environments.middleTierApi.MCP_URL).toBe(mcpUrl);
    expect(environments.mcpClient).toEqual({ MCP_URL: mcpUrl, CLIENT_ID: client.appId });
    expect(environments.middleTierApi.ALLOWED_CLIENT_IDS?.split(',')).toContain(client.appId);
  });

  test('registers a mobile app whose tokens the middle tier accepts', async () => {
    const mobileRedirectUris = [
      'msauth.com.contoso.leave://auth',
      'msauth://com.contoso.leave/2pmj9i4rSx0yEb%3D',
    ];
    const { environments } = await running.register({ mobileRedirectUris });
    const mobile = application('obo-mobile');
    expect(mobile).toMatchObject({
      publicClient: { redirectUris: mobileRedirectUris },
      isFallbackPublicClient: true,
      passwordCredentials: [],
    });
    const { CLIENT_ID, API_APP_ID_URI, REDIRECT_URIS } = environments.mobile;
    expect(REDIRECT_URIS?.split(',')).toEqual(mobileRedirectUris);
    expect(environments.middleTierApi.ALLOWED_CLIENT_IDS?.split(',')).toContain(CLIENT_ID);
    for (const redirectUri of mobileRedirectUris) {
      const { access_token } = await signInOverHttp({
        authorityMetadata: running.tenant.authorityMetadata,
        clientId: CLIENT_ID ?? '',
        redirectUri,
        scopes: [`${API_APP_ID_URI}/.default`],
        username: 'priya.raman@contoso.example',
        password,
        consent: 'accept',
      });
      const [, claims = ''] = access_token.split('.');
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ azp: CLIENT_ID });
    }
  });

  test('grants no consent: users are asked at their first sign-in', async () => {
    await running.register();
    expect(running.tenant.directory.state.permissionGrants).toEqual([]);
  });

  test('adds a secret for 90 days to the middle tier only', async () => {
    const before = Date.now();
    await running.register();
    const [credential, ...others] = application('obo-middle-tier-api').passwordCredentials;
    const days = (Date.parse(credential?.endDateTime ?? '') - before) / 86_400_000;
    expect(days).toBeCloseTo(90, 1);
    expect(others).toEqual([]);
    for (const name of allNames.filter((each) => each !== 'obo-middle-tier-api'))
      expect(application(name).passwordCredentials).toEqual([]);
  });

  test('writes environment files that Node can read, and only their owner may', async () => {
    const { environments, written } = await running.register();
    expect(written).toEqual(requiredApps.map(({ key }) => running.files[key]));
    for (const key of ['spa', 'middleTierApi', 'downstreamApi'] as const) {
      expect(parseEnv(await readFile(running.files[key], 'utf8'))).toEqual(environments[key]);
      expect((await stat(running.files[key])).mode & 0o777).toBe(0o600);
    }
    expect(environments.middleTierApi).toMatchObject({
      PORT: '4000',
      TENANT_ID: running.tenant.tenantId,
      AUTHORITY: running.tenant.authority,
      CLIENT_ID: application('obo-middle-tier-api').appId,
      ALLOWED_CLIENT_IDS: expect.stringContaining(application('obo-spa').appId),
      ALLOWED_ORIGINS: 'http://localhost:3000',
      GRAPH_BASE_URL: running.tenant.graphBaseUrl,
      DOWNSTREAM_API_APP_ID_URI: `api://${application('obo-downstream-api').appId}`,
    });
    expect(JSON.parse(environments.middleTierApi.AUTHORITY_METADATA ?? '')).toEqual(
      running.tenant.authorityMetadata,
    );
  });

  test('writes a secret with which the middle tier can authenticate', async () => {
    const { environments } = await running.register();
    const { CLIENT_ID = '', CLIENT_SECRET = '' } = environments.middleTierApi;
    const response = await fetch(running.tenant.authorityMetadata.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    expect(response.status).toBe(200);
  });
});

describe('run again', () => {
  let first: Awaited<ReturnType<typeof running.register>>;
  let restoreRegistered: () => Promise<void>;
  beforeAll(async () => {
    await restore();
    first = await running.register();
    restoreRegistered = await running.save();
  });
  beforeEach(() => restoreRegistered());

  test('changes nothing and writes nothing', async () => {
    const state = structuredClone(running.tenant.directory.state);
    const second = await running.register();
    expect(describeChanges(second.changes)).toEqual(['nothing to change']);
    expect(second.written).toEqual([]);
    expect(second.environments).toEqual(first.environments);
    expect(running.tenant.directory.state).toEqual(state);
  });

  const elsewhere = 'https://elsewhere.example/';
  const rows: [string, string, (app: App) => unknown][] = [
    ['obo-spa', 'spa.redirectUris', () => []],
    ['obo-spa', 'spa.redirectUris', ({ spa }) => [...spa.redirectUris, elsewhere]],
    ['obo-spa', 'web.redirectUris', () => [elsewhere]],
    ['obo-spa', 'displayName', () => 'Something else'],
    ['obo-spa', 'requiredResourceAccess', () => []],
    ['obo-cli', 'publicClient.redirectUris', () => []],
    ['obo-cli', 'isFallbackPublicClient', () => false],
    ['obo-middle-tier-api', 'identifierUris', () => []],
    ['obo-middle-tier-api', 'api.requestedAccessTokenVersion', () => null],
    ['obo-middle-tier-api', 'api.knownClientApplications', () => []],
    ['obo-middle-tier-api', 'optionalClaims.accessToken', () => []],
    ['obo-downstream-api', 'api.preAuthorizedApplications', () => []],
    [
      'obo-downstream-api',
      scopes,
      ({ api }) => api.oauth2PermissionScopes.map((scope) => ({ ...scope, isEnabled: false })),
    ],
    [
      'obo-downstream-api',
      scopes,
      ({ api }) =>
        api.oauth2PermissionScopes.map((scope) => ({ ...scope, userConsentDisplayName: 'Anything' })),
    ],
    [
      'obo-downstream-api',
      scopes,
      ({ api }) =>
        api.oauth2PermissionScopes.flatMap((scope) =>
          scope.value === 'Leave.Read' ? [scope, { ...scope, id: strange, value: 'Leave.Archive' }] : [scope],
        ),
    ],
    ['obo-downstream-api', scopes, ({ api }) => api.oauth2PermissionScopes.slice(0, 1)],
  ];
  test.each(rows)('plans and repairs a changed setting: %s, %s', async (name, property, drift) => {
    const asDescribed = structuredClone(application(name));
    set(application(name), property, drift(application(name)));
    const planned = await running.plan();
    const { changes } = await running.register();
    expect(changes.map((change) => [change.app, change.property])).toEqual([[name, property]]);
    expect(changes).toEqual(planned);
    expect(application(name)).toEqual(asDescribed);
    expect((await running.register()).changes).toEqual([]);
  });

  test('removes a scope together with the references to it', async () => {
    const { api } = application('obo-downstream-api');
    const asDescribed = structuredClone(api);
    for (const scope of api.oauth2PermissionScopes.slice(0, 1)) {
      api.oauth2PermissionScopes.push({ ...scope, id: strange, value: 'Leave.Archive' });
    }
    api.preAuthorizedApplications.push({ appId: strange, delegatedPermissionIds: [strange] });
    const { changes } = await running.register();
    expect(changes.map(({ property }) => property)).toEqual([scopes, 'api.preAuthorizedApplications']);
    expect(application('obo-downstream-api').api).toEqual(asDescribed);
  });

  test('reports the old and the new value', async () => {
    application('obo-middle-tier-api').api.requestedAccessTokenVersion = null;
    const { changes } = await running.register();
    expect(describeChanges(changes)).toEqual([
      'obo-middle-tier-api: api.requestedAccessTokenVersion: null → 2',
    ]);
  });

  test('recreates a deleted service principal', async () => {
    const { state } = running.tenant.directory;
    state.servicePrincipals = state.servicePrincipals.filter(
      ({ appId }) => appId !== application('obo-spa').appId,
    );
    expect(describeChanges((await running.register()).changes)).toEqual([
      'obo-spa: service principal created',
    ]);
  });

  test('continues after an interruption at any request', async () => {
    const { getToken } = await accessLocalTenant(running.baseUrl);
    const { state } = running.tenant.directory;
    let completed = false;
    for (let requests = 1; !completed; requests += 1) {
      Object.assign(state, { applications: [], servicePrincipals: [], permissionGrants: [] });
      let left = requests;
      const interrupted = () => (left-- > 0 ? getToken() : Promise.reject(new Error('interrupted')));
      completed = await running.register({ getToken: interrupted, consent: true }).then(
        () => true,
        () => false,
      );
      await running.register({ consent: true });
      expect((await running.register({ consent: true })).changes).toEqual([]);
      expect(application('obo-middle-tier-api').passwordCredentials).toHaveLength(1);
      expect(state.applications.map(({ uniqueName }) => uniqueName)).toEqual(allNames);
      expect(state.servicePrincipals).toHaveLength(allNames.length);
    }
  });

  describe('the secret', () => {
    test('is replaced in its last week, and the old one removed', async () => {
      const [old] = application('obo-middle-tier-api').passwordCredentials;
      if (old) old.endDateTime = new Date(Date.now() + 6 * 86_400_000).toISOString();
      const { changes, environments } = await running.register();
      expect(changes.map(({ property, to }) => [property, to])).toEqual([
        ['client secret', 'added, for 90 days'],
        ['client secret', null],
      ]);
      expect(environments.middleTierApi.CLIENT_SECRET).not.toBe(
        first.environments.middleTierApi.CLIENT_SECRET,
      );
      expect(application('obo-middle-tier-api').passwordCredentials.map(({ keyId }) => keyId)).toEqual([
        environments.middleTierApi.CLIENT_SECRET_KEY_ID,
      ]);
    });

    test('is replaced when the tenant does not have the one in the file', async () => {
      application('obo-middle-tier-api').passwordCredentials = [];
      const { changes, written } = await running.register();
      expect(changes.map(({ property }) => property)).toEqual(['client secret']);
      expect(written).toEqual([running.files.middleTierApi]);
    });

    test.each([
      ['its ID instead of its value', strange],
      ['the first characters of another', 'zzz8Q~not-the-one-that-the-tenant-gave'],
    ])('is replaced when the file has %s', async (_what, wrong) => {
      const file = running.files.middleTierApi;
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^CLIENT_SECRET=.*$/m, `CLIENT_SECRET=${wrong}`));
      const { changes, environments } = await running.register();
      expect(changes.map(({ property }) => property)).toEqual(['client secret', 'client secret']);
      expect([wrong, first.environments.middleTierApi.CLIENT_SECRET]).not.toContain(
        environments.middleTierApi.CLIENT_SECRET,
      );
    });

    test('is removed after its expiry when a new one is added', async () => {
      const app = application('obo-middle-tier-api');
      for (const credential of app.passwordCredentials) credential.endDateTime = '2020-01-01T00:00:00.000Z';
      app.passwordCredentials.push(
        ...app.passwordCredentials.map((credential) => ({ ...credential, keyId: strange })),
      );
      const { environments } = await running.register();
      expect(application('obo-middle-tier-api').passwordCredentials.map(({ keyId }) => keyId)).toEqual([
        environments.middleTierApi.CLIENT_SECRET_KEY_ID,
      ]);
    });

    test('of another machine is kept', async () => {
      const [mine] = application('obo-middle-tier-api').passwordCredentials;
      if (!mine) throw new Error('There is no secret.');
      const theirs = { ...mine, keyId: strange, displayName: 'a colleague' };
      application('obo-middle-tier-api').passwordCredentials = [theirs];
      await running.register();
      expect(application('obo-middle-tier-api').passwordCredentials).toContainEqual(theirs);
    });
  });
});

describe('fails, and says what to do,', () => {
  test('for a user who may not register apps', async () => {
    const employee = users.find(
      ({ directoryRoles, accountEnabled }) => directoryRoles.length === 0 && accountEnabled,
    );
    const { access_token } = await signInOverHttp({
      authorityMetadata: running.tenant.authorityMetadata,
      clientId: azureCliAppId,
      redirectUri: 'http://localhost',
      scopes: ['https://graph.microsoft.com/.default'],
      username: employee?.userPrincipalName ?? '',
      password,
    });
    const denial = await running
      .register({ getToken: async () => access_token })
      .catch((error: unknown) => error);
    expect(denial).toMatchObject({
      name: 'GraphRequestError',
      status: 403,
      code: 'Authorization_RequestDenied',
    });
    expect(String(denial)).toMatch(/Insufficient privileges.*request-id.*\n.*Global Administrator/s);
    expect(JSON.stringify(denial) + String(denial)).not.toContain(access_token);
    expect(running.tenant.directory.state.applications).toEqual([]);
  });

  test('for a token that is not for Graph', async () => {
    await expect(running.register({ getToken: async () => 'not-a-token' })).rejects.toThrow(
      /InvalidAuthenticationToken.*Sign in again/s,
    );
  });

  test('when another program created an app with that name, and does not change it', async () => {
    await running.register();
    application('obo-spa').tags = [];
    application('obo-spa').displayName = 'Another program';
    await expect(running.register()).rejects.toThrow(/'obo-spa' that `register` did not create/);
    expect(application('obo-spa').displayName).toBe('Another program');
  });

  test('when a deleted app still has the name', async () => {
    const { state } = running.tenant.directory;
    await running.register();
    state.deletedApplications.push({ ...application('obo-spa'), deletedDateTime: new Date().toISOString() });
    state.applications = state.applications.filter(({ uniqueName }) => uniqueName !== 'obo-spa');
    await expect(running.register()).rejects.toThrow(
      /property uniqueName already exists.*delete it permanently/s,
    );
  });

  test('when no local tenant answers', async () => {
    const gone = await runTenant();
    await gone[Symbol.asyncDispose]();
    await expect(accessLocalTenant(gone.baseUrl)).rejects.toThrow(LocalTenantUnreachableError);
  });
});

function set(app: App, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) Object.assign(app, { [first]: value });
  else Object.assign(Object(Reflect.get(app, first)), { [second]: value });
}
