import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalTenant,
  type LocalTenant,
  microsoftGraphAppId,
  password,
  signInOverHttp,
  users,
} from '@obo/local-tenant';
import { environmentFilesIn } from '../src/environment/environment-files.ts';
import { accessLocalTenant } from '../src/local-tenant.ts';
import { plan, type RegisterOptions, type RegisterResult, register } from '../src/register.ts';
import type { Change } from '../src/register-apps.ts';
import { GraphClient } from '../src/tenant/graph-client.ts';

const urls = {
  spa: 'http://localhost:3000',
  middleTierApi: 'http://localhost:4000',
  downstreamApi: 'http://localhost:4100',
};

export interface RunningTenant extends AsyncDisposable {
  baseUrl: string;
  tenant: LocalTenant;
  environmentDirectory: string;
  files: ReturnType<typeof environmentFilesIn>;
  /** Microsoft Graph, as the administrator. */
  graph: GraphClient;
  /** Returns the administrator's access token for Microsoft Graph. */
  getToken(): Promise<string>;
  /** Returns an access token of the administrator for Microsoft Graph with exactly these scopes. */
  tokenWith(scopes: readonly string[]): Promise<string>;
  /** Registers the apps as the command does. */
  register(options?: Partial<RegisterOptions>): Promise<RegisterResult>;
  /** Lists what registering would change. */
  plan(options?: Partial<RegisterOptions>): Promise<Change[]>;
  /** Saves the directory and the environment files, so that tests can share a tenant. Returns a function to restore them. */
  save(): Promise<() => Promise<void>>;
}

/** Starts a server on a free port of the loopback interface. */
export async function listen(listener?: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { server, origin: `http://localhost:${address.port}` };
}

export async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** Starts an empty local tenant in memory, with a directory for environment files. */
export async function runTenant(): Promise<RunningTenant> {
  const { server, origin: baseUrl } = await listen();
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null });
  server.on('request', tenant.app);
  const environmentDirectory = await mkdtemp(join(tmpdir(), 'app-registration-'));
  const access = await accessLocalTenant(baseUrl);
  const optionsOf = (options: Partial<RegisterOptions> = {}) => ({
    ...access,
    urls,
    environmentDirectory,
    ...options,
  });
  const graph = new GraphClient({ baseUrl: access.graphBaseUrl, getToken: access.getToken });
  return {
    baseUrl,
    tenant,
    environmentDirectory,
    files: environmentFilesIn(environmentDirectory),
    graph,
    getToken: access.getToken,
    tokenWith: (scopes) => tokenWith(tenant, scopes),
    register: (options) => register(optionsOf(options)),
    plan: (options) => plan(graph, optionsOf(options)),
    save: () => save(tenant, environmentDirectory),
    async [Symbol.asyncDispose]() {
      await close(server);
      await rm(environmentDirectory, { recursive: true });
    },
  };
}

async function save({ directory }: LocalTenant, environmentDirectory: string): Promise<() => Promise<void>> {
  const state = structuredClone(directory.state);
  const files = new Map<string, Buffer>();
  for (const name of await readdir(environmentDirectory))
    files.set(name, await readFile(join(environmentDirectory, name)));
  return async () => {
    Object.assign(directory.state, structuredClone(state));
    await rm(environmentDirectory, { recursive: true });
    await mkdir(environmentDirectory);
    for (const [name, content] of files)
      await writeFile(join(environmentDirectory, name), content, { mode: 0o600 });
  };
}

/** Signs the administrator in with a new client that has exactly these scopes of Graph. */
async function tokenWith(tenant: LocalTenant, scopes: readonly string[]): Promise<string> {
  const administrator = users.find(({ directoryRoles }) => directoryRoles.length > 0);
  const graph = tenant.directory.findServicePrincipal(microsoftGraphAppId);
  if (!administrator || !graph) throw new Error('The tenant lacks an administrator or Microsoft Graph.');
  const [client, appId] = [randomUUID(), randomUUID()];
  const { state } = tenant.directory;
  const [application] = state.applications;
  if (!application) throw new Error('There is no application to copy.');
  state.applications.push({
    ...structuredClone(application),
    id: randomUUID(),
    appId,
    uniqueName: null,
    displayName: 'A client',
    identifierUris: [],
    tags: [],
    publicClient: { redirectUris: ['http://localhost'] },
  });
  addServicePrincipal(tenant, { id: client, appId });
  tenant.directory.grant({
    clientId: client,
    resourceId: graph.id,
    consentType: 'Principal',
    principalId: administrator.id,
    scopes: ['openid', 'profile', ...scopes],
  });
  const { access_token } = await signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: appId,
    redirectUri: 'http://localhost',
    scopes: scopes.map((scope) => `https://graph.microsoft.com/${scope}`),
    username: administrator.userPrincipalName,
    password,
  });
  return access_token;
}

/** Adds a service principal that Graph would not create: for the application of `tokenWith`, or a managed identity. */
export function addServicePrincipal(
  tenant: LocalTenant,
  values: { id: string; appId: string; servicePrincipalType?: 'Application' | 'ManagedIdentity' },
): void {
  tenant.directory.state.servicePrincipals.push({
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    appOwnerOrganizationId: tenant.tenantId,
    tags: [],
    servicePrincipalType: 'Application',
    ...values,
  });
}
