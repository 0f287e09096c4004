import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { RequestHandler } from 'express';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { applicationSchema, servicePrincipalSchema } from '../../src/directory/schema.ts';
import type { ServerCertificate } from '../../src/https-certificate.ts';
import {
  createLocalTenant,
  type LocalTenant,
  type LocalTenantOptions,
  tenant as names,
} from '../../src/index.ts';

export const spaOrigin = 'http://localhost:3000';
export const spaRedirectUri = `${spaOrigin}/redirect.html`;
export const webRedirectUri = 'http://localhost:5000/callback';
export const secret = 'a-secret-for-tests';

export const graphScopes = {
  openid: '37f7f235-527c-4136-accd-4a02d197296e',
  profile: '14dad69e-099b-42c9-810b-d002981feec1',
  offline_access: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
  'User.Read': 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
};
const graphAppId = '00000003-0000-0000-c000-000000000000';

export interface TestTenant extends LocalTenant {
  baseUrl: string;
  /** Advances the tenant's clock. */
  advance(seconds: number): void;
  now(): Date;
  apps: { spa: string; middleTier: string; downstream: string };
  spaScope: string;
  register(application: Omit<z.input<typeof applicationSchema>, 'id' | 'createdDateTime'>): void;
}

interface TenantOptions {
  dataDirectory?: string | null;
  /** Listens with TLS, at `https://localhost`. */
  certificate?: ServerCertificate;
  traceRequests?: RequestHandler;
  services?: LocalTenantOptions['services'];
  log?: NonNullable<LocalTenantOptions['log']>;
}

/** Starts a tenant for one test: in memory, on a free port, with the three applications registered. */
export async function startTenant(options: TenantOptions = {}): Promise<TestTenant> {
  const { tenant, close } = await openTenant(options);
  onTestFinished(close);
  return tenant;
}

/** Starts a tenant for a whole file, which must close it. */
export async function openTenant({
  dataDirectory = null,
  certificate,
  ...options
}: TenantOptions = {}): Promise<{ tenant: TestTenant; close: () => void }> {
  const maxHeaderSize = 65_536;
  const server = certificate
    ? createTlsServer({ ...certificate, maxHeaderSize })
    : createServer({ maxHeaderSize });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const { port } = address;
  const baseUrl = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  let advanced = 0;
  const now = () => new Date(Date.now() + advanced);
  const tenant = await createLocalTenant({ baseUrl, dataDirectory, now, ...options });
  server.on('request', tenant.app);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };

  const register: TestTenant['register'] = (application) => {
    const parsed = applicationSchema.parse({
      ...application,
      id: randomUUID(),
      createdDateTime: now().toISOString(),
    });
    tenant.directory.state.applications.push(parsed);
    tenant.directory.state.servicePrincipals.push(
      servicePrincipalSchema.parse({
        id: randomUUID(),
        appId: parsed.appId,
        appOwnerOrganizationId: names.id,
      }),
    );
  };
  const apps = registerThreeApps(register);
  const opened: TestTenant = {
    ...tenant,
    baseUrl,
    now,
    advance: (seconds) => {
      advanced += seconds * 1000;
    },
    apps,
    spaScope: `api://${apps.middleTier}/.default`,
    register,
  };
  return { tenant: opened, close };
}

/** Registers the SPA, the middle tier and the downstream API as a fork would, with a secret for the middle tier. */
function registerThreeApps(register: TestTenant['register']): TestTenant['apps'] {
  const apps = { spa: randomUUID(), middleTier: randomUUID(), downstream: randomUUID() };
  const middleTierScope = randomUUID();
  const leaveRead = randomUUID();
  const leaveReadWrite = randomUUID();
  const scope = (id: string) => ({ id, type: 'Scope' as const });
  register({
    appId: apps.downstream,
    displayName: 'obo-downstream-api',
    identifierUris: [`api://${apps.downstream}`],
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [
        { id: leaveRead, value: 'Leave.Read', userConsentDisplayName: 'Read your leave' },
        { id: leaveReadWrite, value: 'Leave.ReadWrite', userConsentDisplayName: 'Request leave for you' },
      ],
      preAuthorizedApplications: [{ appId: apps.middleTier, delegatedPermissionIds: [leaveRead] }],
    },
  });
  register({
    appId: apps.middleTier,
    displayName: 'obo-middle-tier-api',
    identifierUris: [`api://${apps.middleTier}`],
    api: {
      requestedAccessTokenVersion: 2,
      knownClientApplications: [apps.spa],
      oauth2PermissionScopes: [
        {
          id: middleTierScope,
          value: 'access_as_user',
          userConsentDisplayName: 'Use the leave service as you',
        },
        { id: randomUUID(), value: 'Everything.Manage', type: 'Admin' },
      ],
    },
    optionalClaims: { accessToken: [{ name: 'idtyp' }, { name: 'acct' }, { name: 'xms_cc' }] },
    requiredResourceAccess: [
      {
        resourceAppId: graphAppId,
        resourceAccess: [scope(graphScopes['User.Read']), scope(graphScopes.offline_access)],
      },
      { resourceAppId: apps.downstream, resourceAccess: [scope(leaveRead), scope(leaveReadWrite)] },
    ],
    web: { redirectUris: [webRedirectUri] },
    passwordCredentials: [
      {
        keyId: randomUUID(),
        hint: 'a-s',
        startDateTime: '2026-01-01T00:00:00Z',
        endDateTime: '2099-01-01T00:00:00Z',
        secretDigest: createHash('sha256').update(secret).digest('base64url'),
      },
    ],
  });
  register({
    appId: apps.spa,
    displayName: 'obo-spa',
    spa: { redirectUris: [spaRedirectUri] },
    requiredResourceAccess: [
      { resourceAppId: apps.middleTier, resourceAccess: [scope(middleTierScope)] },
      {
        resourceAppId: graphAppId,
        resourceAccess: [
          scope(graphScopes.openid),
          scope(graphScopes.profile),
          scope(graphScopes.offline_access),
        ],
      },
    ],
  });
  return apps;
}

/** A JSON response. */
export interface JsonResponse {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

/** Posts a form to the token endpoint. */
export const requestToken = (
  tenant: TestTenant,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonResponse> => postForm(tenant.authorityMetadata.token_endpoint, parameters, headers);

/** Posts a form, and reads a JSON response. */
export async function postForm(
  url: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonResponse> {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(parameters) });
  const body = z.record(z.string(), z.unknown()).parse(await response.json());
  return { status: response.status, body, headers: response.headers };
}
