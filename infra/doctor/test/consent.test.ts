import { describeApps } from '@obo/app-registration';
import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { users } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandsFor } from '../src/commands.ts';
import { examineTenant } from '../src/examine-tenant.ts';
import { readFiles } from '../src/files/read-files.ts';
import { examined, idsOf } from './examined.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  await running.register();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const identified = z.object({ id: z.string() });
const principals = {
  spa: 'obo-spa',
  middleTier: 'obo-middle-tier-api',
  downstream: 'obo-downstream-api',
} as const;

/** Returns the object ID of a service principal. */
async function idOf(app: keyof typeof principals | 'graph'): Promise<string> {
  const appId =
    app === 'graph'
      ? '00000003-0000-0000-c000-000000000000'
      : z
          .object({ appId: z.string() })
          .parse(await running.graph.get(`/applications(uniqueName='${principals[app]}')`)).appId;
  return identified.parse(await running.graph.get(`/servicePrincipals(appId='${appId}')`)).id;
}

/** Consents by hand, for all users or for one. */
async function consent(
  client: keyof typeof principals,
  resource: keyof typeof principals | 'graph',
  scope: string,
  principalId?: string,
): Promise<void> {
  await running.graph.post('/oauth2PermissionGrants', {
    clientId: await idOf(client),
    resourceId: await idOf(resource),
    scope,
    ...(principalId === undefined
      ? { consentType: 'AllPrincipals' }
      : { consentType: 'Principal', principalId }),
  });
}

test('missing consent is a note: each user is asked', async () => {
  const [found, ...others] = await examined(running);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    id: 'consent_missing',
    severity: 'note',
    problem: expect.stringMatching(/Each user is asked.* obo-spa to use access_as_user of obo-middle-tier/),
    fix: expect.stringContaining('register --local --grant-admin-consent'),
  });
});

test('complete consent of a single user is reported by that note only', async () => {
  const [user] = users;
  await consent('spa', 'middleTier', 'access_as_user', user?.id);
  await consent('middleTier', 'graph', 'User.Read User.ReadBasic.All', user?.id);
  // Leave.Read is preauthorized: it needs no consent.
  await consent('middleTier', 'downstream', 'Leave.ReadWrite Leave.Approve', user?.id);
  expect(idsOf(await examined(running))).toEqual(['consent_missing']);
});

describe('incomplete consent is reported, with what it lacks:', () => {
  test('a scope of the consent for all users', async () => {
    await running.register({ consent: true });
    const grants = await running.graph.list('/oauth2PermissionGrants');
    const grant = z
      .array(z.object({ id: z.string(), scope: z.string() }))
      .parse(grants)
      .find(({ scope }) => scope.startsWith('Leave.Read'));
    await running.graph.patch(`/oauth2PermissionGrants/${grant?.id}`, { scope: 'Leave.Read' });
    expect(await examined(running)).toEqual([
      expect.objectContaining({
        id: 'consent_incomplete',
        severity: 'warning',
        problem:
          'Consent for all users for obo-middle-tier-api at obo-downstream-api lacks Leave.ReadWrite, Leave.Approve.',
      }),
    ]);
    const planned = await running.plan({ consent: true });
    expect(planned.map(({ property }) => property)).toEqual(['consent for all users to obo-downstream-api']);
    await running.register({ consent: true });
    expect(await examined(running)).toEqual([]);
  });

  test("the middle tier's, when a user consented only to the SPA", async () => {
    await consent('spa', 'middleTier', 'access_as_user', users[0]?.id);
    const findings = await examined(running);
    expect(idsOf(findings)).toEqual(['consent_incomplete', 'consent_incomplete', 'consent_missing']);
    expect(findings[0]?.problem).toBe(
      'The consent of 1 user for obo-middle-tier-api at Microsoft Graph lacks User.Read, User.ReadBasic.All.',
    );
  });
});

describe('consent to an app that does not use it', () => {
  test.each([
    ['graph', 'User.ReadBasic.All', 'Microsoft Graph'],
    ['downstream', 'Leave.ReadWrite', 'obo-downstream-api'],
  ] as const)('is reported when another app needs it: %s', async (resource, scope, name) => {
    await consent('spa', resource, scope);
    const found = (await examined(running)).find(({ id }) => id === 'consent_for_wrong_app');
    expect(found).toMatchObject({
      severity: 'error',
      problem: `Consent for ${scope} of ${name} was given to obo-spa, which does not use it. obo-middle-tier-api needs it, but has none.`,
      fix: expect.stringMatching(/--grant-admin-consent`\. Remove it: .*Leave \(single-page app\)/),
    });
    await running.register({ consent: true });
    expect(idsOf(await examined(running))).toEqual(['consent_not_described']);
  });

  test('is a note when no app needs it', async () => {
    await running.register({ consent: true });
    await consent('downstream', 'graph', 'Mail.Read');
    expect(await examined(running)).toEqual([
      expect.objectContaining({
        id: 'consent_not_described',
        severity: 'note',
        problem: expect.stringContaining('obo-downstream-api has consent for Mail.Read of Microsoft Graph'),
      }),
    ]);
  });
});

test('consent and the authentication context that the account may not read are reported', async () => {
  const token = await running.tokenWith(['User.Read', 'Application.Read.All']);
  const { registrations, consent: observations } = await examineTenant({
    tenant: {
      kind: 'local',
      authorityUrl: running.baseUrl,
      graphBaseUrl: `${running.baseUrl}/graph/v1.0`,
      tokenExchangeAudience: 'api://AzureADTokenExchange',
      getToken: async () => token,
      signedInWith: () => null,
    },
    issuer: '',
    files: await readFiles(running.environmentDirectory),
    apps: describeApps({ spaUrls: ['http://localhost:3000'], middleTierUrl: 'http://localhost:4000' }),
    commands: commandsFor('local', undefined),
    now: new Date(),
  });
  expect(registrations.filter((each) => 'id' in each)).toEqual([
    expect.objectContaining({
      id: 'authentication_context_not_checked',
      severity: 'note',
      fix: expect.stringContaining('AuthenticationContext.Read.All'),
    }),
  ]);
  expect(observations).toEqual([
    expect.objectContaining({
      id: 'consents_not_readable',
      problem: expect.stringContaining('Authorization_RequestDenied'),
    }),
  ]);
});
