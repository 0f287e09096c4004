import { randomUUID } from 'node:crypto';
import { defaultUrls, type RegisterOptions } from '@obo/app-registration';
import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FindingId } from '../src/catalogue.ts';
import { examined, idsOf } from './examined.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  await running.register({ consent: true });
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

type Name = 'obo-spa' | 'obo-cli' | 'obo-middle-tier-api' | 'obo-downstream-api';
const strange = '11111111-2222-4333-8444-555555555555';
const elsewhere = 'https://elsewhere.example/redirect.html';
const redirectUri = 'http://localhost:3000/redirect.html';
const consentRedirectUri = 'http://localhost:4000/consent/calendar/callback';

const applicationSchema = z.looseObject({
  id: z.string(),
  appId: z.string(),
  spa: z.looseObject({ redirectUris: z.array(z.string()) }),
  api: z.looseObject({
    oauth2PermissionScopes: z.array(z.looseObject({ id: z.string(), value: z.string() })),
    preAuthorizedApplications: z.array(z.looseObject({ appId: z.string() })),
  }),
  requiredResourceAccess: z.array(
    z.looseObject({ resourceAppId: z.string(), resourceAccess: z.array(z.looseObject({ id: z.string() })) }),
  ),
});
type Application = z.infer<typeof applicationSchema>;

const application = async (name: Name): Promise<Application> =>
  applicationSchema.parse(await running.graph.get(`/applications(uniqueName='${name}')`));
const patch = async (name: Name, body: object) =>
  running.graph.patch(`/applications/${(await application(name)).id}`, body);
const servicePrincipal = async (name: Name) =>
  `/servicePrincipals(appId='${(await application(name)).appId}')`;

test('a tenant that is as described has no findings', async () => {
  expect(await examined(running)).toEqual([]);
});

test.each<[string, Partial<RegisterOptions>, string[]]>([
  ['for users of other tenants', { allowedTenantIds: [strange] }, []],
  ['for several SPA origins', { moreSpaUrls: ['https://leave.example.com'] }, []],
  ['with an MCP server', { mcpUrl: 'http://localhost:4000/mcp' }, []],
  ['with the backend for frontend', { urls: { ...defaultUrls, bff: 'http://localhost:3100' } }, []],
  ['again, with another prefix', { namePrefix: 'second' }, ['--name-prefix', 'second']],
])('nor has one that is registered %s', async (_how, options, args) => {
  await running.register({ ...options, consent: true });
  expect(await examined(running, { args })).toEqual([]);
});

test('an Application ID URI that does not match the address of the MCP server is reported', async () => {
  await running.register({ mcpUrl: 'http://localhost:4000/mcp', consent: true });
  await patch('obo-middle-tier-api', {
    identifierUris: [
      `api://${(await application('obo-middle-tier-api')).appId}`,
      'http://localhost:4000/other',
    ],
  });
  const findings = await examined(running);
  expect(idsOf(findings)).toEqual(['identifier_uri_differs', 'identifier_uri_differs']);
  expect(findings[0]?.problem).toContain('http://localhost:4000/');
});

interface Drift {
  app: Name;
  what: string;
  /** The change, as a request body for Microsoft Graph. */
  body: (application: Application) => object;
  found: FindingId[];
  /** Problem of the first finding. */
  problem: RegExp;
  /** Settings in the plan of `register --dry-run`. */
  settings: string[];
}

const scopesProperty = 'api.oauth2PermissionScopes';
const drifts: Drift[] = [
  {
    app: 'obo-middle-tier-api',
    what: 'v1.0 tokens',
    body: () => ({ api: { requestedAccessTokenVersion: null } }),
    found: ['tokens_are_v1'],
    problem: /obo-middle-tier-api gets v1\.0 tokens.*requestedAccessTokenVersion is null, expected 2/,
    settings: ['api.requestedAccessTokenVersion'],
  },
  {
    app: 'obo-spa',
    what: 'the redirect URI on the platform for web apps',
    body: () => ({ spa: { redirectUris: [] }, web: { redirectUris: [redirectUri] } }),
    found: ['redirect_uri_on_wrong_platform'],
    problem: /obo-spa has the redirect URI http:\S+ on the platform "Web", not on "Single-page application"/,
    settings: ['spa.redirectUris', 'web.redirectUris'],
  },
  {
    app: 'obo-spa',
    what: 'the redirect URI on the platform for desktop apps',
    body: () => ({ spa: { redirectUris: [] }, publicClient: { redirectUris: [redirectUri] } }),
    found: ['redirect_uri_on_wrong_platform'],
    problem: /on the platform "Mobile and desktop applications"/,
    settings: ['spa.redirectUris', 'publicClient.redirectUris'],
  },
  {
    app: 'obo-spa',
    what: 'no redirect URI',
    body: () => ({ spa: { redirectUris: [] } }),
    found: ['redirect_uri_missing'],
    problem: /obo-spa lacks the redirect URI http:\/\/localhost:3000\/redirect\.html/,
    settings: ['spa.redirectUris'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'no redirect URI for its consent page',
    body: () => ({ web: { redirectUris: [] } }),
    found: ['redirect_uri_missing'],
    problem:
      /lacks the redirect URI http:\/\/localhost:4000\/consent\/calendar\/callback on the platform "Web"/,
    settings: ['web.redirectUris'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'that redirect URI at another address',
    body: () => ({ web: { redirectUris: ['http://localhost:4999/consent/calendar/callback'] } }),
    found: ['redirect_uri_missing', 'redirect_uri_not_described'],
    problem: /lacks the redirect URI http:\/\/localhost:4000\/consent\/calendar\/callback/,
    settings: ['web.redirectUris'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'that redirect URI on the platform for single-page applications',
    body: () => ({ web: { redirectUris: [] }, spa: { redirectUris: [consentRedirectUri] } }),
    found: ['redirect_uri_on_wrong_platform'],
    problem: /callback on the platform "Single-page application", not on "Web"/,
    settings: ['spa.redirectUris', 'web.redirectUris'],
  },
  {
    app: 'obo-spa',
    what: 'an additional redirect URI',
    body: ({ spa }) => ({ spa: { redirectUris: [...spa.redirectUris, elsewhere] } }),
    found: ['redirect_uri_not_described'],
    problem: /has the redirect URI https:\/\/elsewhere\.example\/redirect\.html .* codes can be sent there/,
    settings: ['spa.redirectUris'],
  },
  {
    app: 'obo-spa',
    what: 'the implicit grant',
    body: () => ({
      web: { implicitGrantSettings: { enableAccessTokenIssuance: true, enableIdTokenIssuance: false } },
    }),
    found: ['implicit_grant_enabled'],
    problem: /obo-spa allows the implicit grant/,
    settings: ['web.implicitGrantSettings'],
  },
  {
    app: 'obo-spa',
    what: 'accounts of other tenants',
    body: () => ({ signInAudience: 'AzureADMultipleOrgs' }),
    found: ['sign_in_audience_differs'],
    problem: /signInAudience is "AzureADMultipleOrgs", expected "AzureADMyOrg"/,
    settings: ['signInAudience'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'no Application ID URI',
    body: () => ({ identifierUris: [] }),
    found: ['identifier_uri_differs'],
    problem: /obo-middle-tier-api lacks the Application ID URI api:\/\/[0-9a-f-]{36}/,
    settings: ['identifierUris'],
  },
  {
    app: 'obo-downstream-api',
    what: 'a disabled scope',
    body: ({ api }) => ({
      api: {
        oauth2PermissionScopes: api.oauth2PermissionScopes.map((scope) => ({ ...scope, isEnabled: false })),
      },
    }),
    found: ['scope_differs', 'scope_differs', 'scope_differs'],
    problem: /has the scope Leave\.Read .* but it is disabled: clients cannot request it/,
    settings: [scopesProperty],
  },
  {
    app: 'obo-downstream-api',
    what: 'a scope that is not described',
    body: ({ api }) => ({
      api: {
        oauth2PermissionScopes: [
          ...api.oauth2PermissionScopes,
          { ...api.oauth2PermissionScopes[0], id: strange, value: 'Leave.Archive' },
        ],
      },
    }),
    found: ['scope_not_described'],
    problem: /has the scope Leave\.Archive .* not in the description/,
    settings: [scopesProperty],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'no known client',
    body: () => ({ api: { knownClientApplications: [] } }),
    found: ['known_client_missing', 'known_client_missing'],
    problem: /lacks the known client obo-spa .* consent at that client's sign-in does not include this app/,
    settings: ['api.knownClientApplications'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'a known client that is not described',
    body: ({ api }) => ({
      api: { knownClientApplications: [...z.array(z.string()).parse(api.knownClientApplications), strange] },
    }),
    found: ['known_client_not_described'],
    problem: new RegExp(`has the known client ${strange}`),
    settings: ['api.knownClientApplications'],
  },
  {
    app: 'obo-downstream-api',
    what: 'no preauthorized client',
    body: () => ({ api: { preAuthorizedApplications: [] } }),
    found: ['pre_authorization_missing'],
    problem: /lacks the preauthorized client and scope obo-middle-tier-api\/Leave\.Read/,
    settings: ['api.preAuthorizedApplications'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'a preauthorized client that is not described',
    body: ({ api }) => ({
      api: {
        preAuthorizedApplications: [
          { appId: strange, delegatedPermissionIds: api.oauth2PermissionScopes.map(({ id }) => id) },
        ],
      },
    }),
    found: ['pre_authorization_not_described'],
    problem: new RegExp(`has the preauthorized client and scope ${strange}/access_as_user`),
    settings: ['api.preAuthorizedApplications'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'a missing permission',
    body: ({ requiredResourceAccess }) => ({ requiredResourceAccess: requiredResourceAccess.slice(1) }),
    found: ['permission_not_listed', 'permission_not_listed', 'permission_not_listed'],
    problem: /lacks the permission Microsoft Graph\/User\.Read \(requiredResourceAccess\)/,
    settings: ['requiredResourceAccess'],
  },
  {
    app: 'obo-spa',
    what: 'an additional permission',
    body: ({ requiredResourceAccess: [first, ...others] }) => ({
      requiredResourceAccess: [
        {
          ...first,
          resourceAccess: [
            ...(first?.resourceAccess ?? []),
            { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' },
          ],
        },
        ...others,
      ],
    }),
    found: ['permission_not_described'],
    problem: /obo-spa has the permission Microsoft Graph\/User\.Read/,
    settings: ['requiredResourceAccess'],
  },
  {
    app: 'obo-middle-tier-api',
    what: 'no optional claims',
    body: () => ({ optionalClaims: { accessToken: [], idToken: [], saml2Token: [] } }),
    found: ['optional_claim_missing', 'optional_claim_missing', 'optional_claim_missing'],
    problem: /lacks the optional claim of access tokens acct/,
    settings: ['optionalClaims.accessToken'],
  },
  {
    app: 'obo-downstream-api',
    what: 'an additional optional claim',
    body: ({ optionalClaims }) => ({
      optionalClaims: {
        accessToken: [
          ...z.object({ accessToken: z.array(z.unknown()) }).parse(optionalClaims).accessToken,
          { name: 'email' },
        ],
      },
    }),
    found: ['optional_claim_not_described'],
    problem: /has the optional claim of access tokens email/,
    settings: ['optionalClaims.accessToken'],
  },
  {
    app: 'obo-spa',
    what: 'another name',
    body: () => ({ displayName: 'Something else' }),
    found: ['wording_differs'],
    problem: /obo-spa is named "Something else", expected "Leave \(single-page app\)"/,
    settings: ['displayName'],
  },
  {
    app: 'obo-spa',
    what: 'a public client',
    body: () => ({ isFallbackPublicClient: true }),
    found: ['setting_differs'],
    problem: /isFallbackPublicClient is true, expected false/,
    settings: ['isFallbackPublicClient'],
  },
  {
    app: 'obo-cli',
    what: 'no public client, which ends sign-in with device codes',
    body: () => ({ isFallbackPublicClient: false }),
    found: ['setting_differs'],
    problem: /isFallbackPublicClient is false, expected true/,
    settings: ['isFallbackPublicClient'],
  },
  {
    app: 'obo-cli',
    what: 'its redirect URI on the platform of web applications',
    body: () => ({
      publicClient: { redirectUris: [] },
      web: { redirectUris: ['http://localhost'] },
    }),
    found: ['redirect_uri_on_wrong_platform'],
    problem: /the platform "Web", not on "Mobile and desktop applications"/,
    settings: ['web.redirectUris', 'publicClient.redirectUris'],
  },
];

describe('a setting that was changed by hand is reported by doctor and by --dry-run, and repaired:', () => {
  test.each(drifts)('$app with $what', async ({ app, body, found, problem, settings }) => {
    await patch(app, body(await application(app)));
    const findings = await examined(running);
    expect(idsOf(findings)).toEqual(found);
    expect(findings[0]?.problem).toMatch(problem);
    expect(findings[0]?.fix).toContain('npx -y pnpm@12 register --local');
    const planned = await running.plan({ consent: true });
    expect(planned.map((change) => [change.app, change.property])).toEqual(
      settings.map((setting) => [app, setting]),
    );
    await running.register({ consent: true });
    expect(await examined(running)).toEqual([]);
  });

  test('a missing scope, with all that refers to it', async () => {
    const { api } = await application('obo-downstream-api');
    const disabled = api.oauth2PermissionScopes.map((scope) => ({
      ...scope,
      isEnabled: scope.value === 'Leave.Read',
    }));
    await patch('obo-downstream-api', { api: { oauth2PermissionScopes: disabled } });
    const remaining = disabled.filter(({ value }) => value === 'Leave.Read');
    await patch('obo-downstream-api', { api: { oauth2PermissionScopes: remaining } });
    expect(await examined(running)).toMatchObject([
      { id: 'scope_missing', problem: expect.stringContaining('lacks the scope Leave.ReadWrite') },
      { id: 'scope_missing', problem: expect.stringContaining('lacks the scope Leave.Approve') },
    ]);
    await running.register({ consent: true });
    expect(await examined(running)).toEqual([]);
  });
});

test('scopes with other IDs, as the portal creates them, are notes: they work the same', async () => {
  const downstream = await application('obo-downstream-api');
  const scopes = downstream.api.oauth2PermissionScopes;
  const other = new Map(scopes.map(({ id }) => [id, randomUUID()]));
  const otherIdOf = ({ id }: { id: string }) => ({ id: other.get(id), type: 'Scope' });
  const clients = downstream.api.preAuthorizedApplications.map((each) => ({
    ...each,
    delegatedPermissionIds: z
      .array(z.string())
      .parse(each.delegatedPermissionIds)
      .map((id) => other.get(id)),
  }));
  const disabled = scopes.map((scope) => ({ ...scope, isEnabled: false }));
  await patch('obo-downstream-api', {
    api: { oauth2PermissionScopes: disabled, preAuthorizedApplications: [] },
  });
  const recreated = scopes.map((scope) => ({ ...scope, id: other.get(scope.id) }));
  await patch('obo-downstream-api', {
    api: { oauth2PermissionScopes: recreated, preAuthorizedApplications: clients },
  });
  const { requiredResourceAccess } = await application('obo-middle-tier-api');
  await patch('obo-middle-tier-api', {
    requiredResourceAccess: requiredResourceAccess.map((resource) =>
      resource.resourceAppId === downstream.appId
        ? { ...resource, resourceAccess: resource.resourceAccess.map(otherIdOf) }
        : resource,
    ),
  });

  const findings = await examined(running);
  expect(new Set(idsOf(findings))).toEqual(new Set(['scope_id_differs']));
  expect(findings.map(({ problem }) => /\((\S+)\)/.exec(problem)?.[1])).toEqual([
    scopesProperty,
    scopesProperty,
    scopesProperty,
    'api.preAuthorizedApplications',
    'requiredResourceAccess',
    'requiredResourceAccess',
    'requiredResourceAccess',
  ]);
  await running.register({ consent: true });
  expect(await examined(running)).toEqual([]);
});

describe('an app that cannot be used in the tenant is reported, and repaired if it is ours:', () => {
  test('no service principal', async () => {
    await running.graph.delete(await servicePrincipal('obo-downstream-api'));
    expect(await examined(running)).toEqual([
      expect.objectContaining({
        id: 'service_principal_missing',
        page: 'docs/reference/errors/AADSTS500011.md',
        problem: expect.stringContaining('obo-downstream-api has no service principal'),
      }),
    ]);
    await running.register({ consent: true });
    expect(await examined(running)).toEqual([]);
  });

  test('no registration', async () => {
    await running.graph.delete(`/applications/${(await application('obo-spa')).id}`);
    const found = await examined(running);
    expect(idsOf(found)).toContain('app_missing');
    expect(found.find(({ id }) => id === 'app_missing')?.problem).toContain('obo-spa is not registered');
  });

  test('created by another program, which is not changed', async () => {
    await patch('obo-spa', { tags: [] });
    const [found] = await examined(running);
    expect(found).toMatchObject({
      id: 'foreign_app',
      fix: expect.stringContaining('--name-prefix'),
    });
    await expect(running.register()).rejects.toThrow(/`register` did not create/);
  });

  test.each<[object, object, FindingId, RegExp]>([
    [
      { accountEnabled: false },
      { accountEnabled: true },
      'service_principal_disabled',
      /PATCH .*"accountEnabled": true/,
    ],
    [
      { appRoleAssignmentRequired: true },
      { appRoleAssignmentRequired: false },
      'assignment_required',
      /"Assignment required\?" to No/,
    ],
  ])('%j', async (drift, repair, id, fix) => {
    const path = await servicePrincipal('obo-middle-tier-api');
    await running.graph.patch(path, drift);
    expect(await examined(running)).toEqual([
      expect.objectContaining({ id, fix: expect.stringMatching(fix) }),
    ]);
    await running.graph.patch(path, repair);
    expect(await examined(running)).toEqual([]);
  });
});
