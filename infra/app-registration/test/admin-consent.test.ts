import { azureCliAppId, microsoftGraphAppId, password, signInOverHttp, users } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeChanges } from '../src/settings/describe-changes.ts';
import { GraphClient } from '../src/tenant/graph-client.ts';
import { readSignedIn } from '../src/tenant/signed-in.ts';
import { type RunningTenant, runTenant } from '../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const grants = () =>
  running.tenant.directory.state.permissionGrants.map(({ consentType, scope }) => `${consentType}: ${scope}`);

test('admin consent is granted on request, and users are no longer asked at sign-in', async () => {
  const { environments, consent, changes } = await running.register({ consent: true });
  expect(consent).toEqual({ state: 'granted' });
  expect(grants().sort()).toEqual([
    'AllPrincipals: Leave.Read Leave.ReadWrite Leave.Approve',
    'AllPrincipals: User.Read User.ReadBasic.All offline_access',
    'AllPrincipals: access_as_user',
    'AllPrincipals: access_as_user',
    'AllPrincipals: openid profile offline_access',
    'AllPrincipals: openid profile offline_access',
  ]);
  expect(describeChanges(changes)).toContain(
    'obo-spa: consent for all users to obo-middle-tier-api access_as_user',
  );
  const signedIn = await signInOverHttp({
    authorityMetadata: running.tenant.authorityMetadata,
    clientId: environments.spa.CLIENT_ID ?? '',
    redirectUri: 'http://localhost:3000/redirect.html',
    origin: 'http://localhost:3000',
    scopes: [`${environments.spa.API_APP_ID_URI}/.default`],
    username: 'priya.raman@contoso.example',
    password,
    consent: 'decline',
  });
  expect(signedIn.scope).toContain('access_as_user');
});

test('existing admin consent is kept, and only missing scopes are added', async () => {
  await running.register({ consent: true });
  const planned = { consent: true };
  expect(await running.plan(planned)).toEqual([]);
  const grant = running.tenant.directory.state.permissionGrants.find(({ scope }) =>
    scope.startsWith('User.Read'),
  );
  if (!grant) throw new Error('There is no grant.');
  grant.scope = 'User.Read Mail.Read';
  const [change, ...others] = await running.plan(planned);
  expect(others).toEqual([]);
  expect(change).toMatchObject({
    app: 'obo-middle-tier-api',
    from: 'User.Read Mail.Read',
    to: 'User.Read Mail.Read User.ReadBasic.All offline_access',
  });
  expect((await running.register(planned)).changes).toEqual([change]);
  expect(grant.scope).toBe('User.Read Mail.Read User.ReadBasic.All offline_access');
});

test('consent of a single user does not count as admin consent', async () => {
  await running.register();
  const { state } = running.tenant.directory;
  const [spa] = state.servicePrincipals.slice(-1);
  state.permissionGrants.push({
    id: 'one',
    clientId: spa?.id ?? '',
    consentType: 'Principal',
    principalId: users[0]?.id ?? '',
    resourceId: state.servicePrincipals[1]?.id ?? '',
    scope: 'access_as_user',
  });
  expect(await running.plan({ consent: true })).toHaveLength(6);
});

test('an account that may not consent registers the apps, and gets a link for an administrator', async () => {
  await running.register();
  const token = await running.tokenWith(['User.Read', 'Application.ReadWrite.All']);
  const { consent } = await running.register({ consent: true, getToken: async () => token });
  expect(consent.state).toBe('denied');
  const url = new URL(consent.state === 'denied' ? consent.url : '');
  expect(url.pathname).toBe(`/${running.tenant.tenantId}/v2.0/adminconsent`);
  expect(url.searchParams.get('redirect_uri')).toBe('http://localhost:3000/redirect.html');
  expect(url.searchParams.get('scope')).toMatch(/^api:\/\/[0-9a-f-]{36}\/\.default$/);
});

describe('the signed-in account', () => {
  const as = (getToken: () => Promise<string>) =>
    readSignedIn(new GraphClient({ baseUrl: running.tenant.graphBaseUrl, getToken }));
  const tenant = {
    id: '5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30',
    displayName: 'Contoso (local tenant)',
    defaultDomain: 'contoso.example',
  };
  const tokenOf = async (username: string) => {
    const { access_token } = await signInOverHttp({
      authorityMetadata: running.tenant.authorityMetadata,
      clientId: azureCliAppId,
      redirectUri: 'http://localhost',
      scopes: ['https://graph.microsoft.com/.default'],
      username,
      password,
    });
    return access_token;
  };

  test.each([
    ['kwame.mensah@contoso.example', 'Kwame Mensah', true],
    ['priya.raman@contoso.example', 'Priya Raman', false],
  ])('is read, and whether it may consent: %s', async (userPrincipalName, displayName, mayConsent) => {
    const token = await tokenOf(userPrincipalName);
    expect(await as(async () => token)).toEqual({
      tenant,
      account: { displayName, userPrincipalName },
      mayConsent,
    });
  });

  test('is null for an application', async () => {
    const { environments } = await running.register();
    const { CLIENT_ID = '', CLIENT_SECRET = '' } = environments.middleTierApi;
    running.tenant.directory.state.appRoleAssignments.push({
      id: 'one',
      principalId: running.tenant.directory.findServicePrincipal(CLIENT_ID)?.id ?? '',
      resourceId: running.tenant.directory.findServicePrincipal(microsoftGraphAppId)?.id ?? '',
      appRoleId: '498476ce-e0fe-48b0-b801-37ba7e2685c6',
    });
    const response = await fetch(running.tenant.authorityMetadata.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    const { access_token } = z.object({ access_token: z.string() }).parse(await response.json());
    expect(await as(async () => access_token)).toEqual({ tenant, account: null, mayConsent: null });
  });
});
