import {
  cloudWith,
  defaultUrls,
  describeApps,
  type Environment,
  environmentDirectory,
} from '@obo/app-registration';
import {
  ExpectedError,
  findTenant,
  readConfiguration,
  type SignInContext,
  type TenantConnection,
} from '@obo/app-registration/command';
import type { DoctorArguments } from './arguments.ts';
import type { Section } from './catalogue.ts';
import { commandsFor } from './commands.ts';
import { examineTenant } from './examine-tenant.ts';
import { checkFiles } from './files/check-files.ts';
import { readFiles } from './files/read-files.ts';
import { type Finding, finding, type Observation } from './finding.ts';
import { checkProvider } from './identity-provider/check-provider.ts';
import { expectedProvider } from './identity-provider/expected-provider.ts';
import { readProvider } from './identity-provider/read-provider.ts';
import { checkMachine } from './machine/check-machine.ts';
import { configuredPorts } from './machine/configured-ports.ts';
import { readPort } from './machine/read-ports.ts';

export interface Examination {
  /** The tenant and the files, in words. */
  subject: string;
  /** Examined sections, in order. */
  sections: ReadonlyMap<Section, readonly Observation[]>;
}

/**
 * Examines everything that can be examined.
 *
 * @param token An access token to explain; `null` when there is none.
 */
export async function examine(
  args: DoctorArguments,
  token: string | null,
  context: SignInContext,
  now: () => Date = () => new Date(),
): Promise<Examination> {
  const kind = args.tenant ? 'real' : 'local';
  const configuration = readConfiguration(context.env);
  const { namePrefix } = args;
  const directory =
    configuration.environmentDirectory ?? environmentDirectory(kind, namePrefix, configuration.dataDirectory);
  const sections = new Map<Section, readonly Observation[]>();

  const files = await readFiles(directory);
  const { middleTierApi, bff } = files.environments;
  const bffUrl = bff.PUBLIC_URL;
  const commands = commandsFor(kind, namePrefix, middleTierApi);
  const configured = configuredPorts(kind, configuration, files);
  const ports = await Promise.all(configured.map(async (port) => ({ ...port, ...(await readPort(port)) })));
  sections.set('machine', checkMachine({ nodeVersion: process.versions.node, ports }, commands));
  sections.set('files', checkFiles(files, commands, now()));

  const localTenantUrl = kind === 'local' ? configuration.localTenantUrl : null;
  const expected = expectedProvider(middleTierApi, localTenantUrl);
  const provider = expected && (await readProvider(expected.url));
  if (expected && provider)
    sections.set('identityProvider', checkProvider(provider, expected, kind, commands));

  const { spa = defaultUrls.spa, middleTierApi: middleTierUrl = defaultUrls.middleTierApi } =
    configuration.urls;
  const apps = describeApps({
    spaUrls: middleTierApi.ALLOWED_ORIGINS?.split(',').filter((origin) => origin !== bffUrl) ?? [spa],
    middleTierUrl: files.environments.spa.API_BASE_URL ?? middleTierUrl,
    mcpUrl: middleTierApi.MCP_URL,
    mobileRedirectUris: files.environments.mobile.REDIRECT_URIS?.split(','),
    bffUrl,
    multiTenant: Boolean(middleTierApi.ALLOWED_TENANT_IDS),
    isTenantOverHttp: kind === 'local',
    ...(namePrefix !== undefined && { namePrefix }),
  });
  if (!args.noSignIn) {
    const tenant = await connect(middleTierApi, args, configuration.localTenantUrl, context);
    const examination = { issuer: expected?.issuer ?? '', files, apps, commands, now: now() };
    if (tenant !== null && 'id' in tenant) sections.set('registrations', [tenant]);
    else if (tenant !== null) {
      const { registrations, consent } = await examineTenant({ tenant, ...examination });
      sections.set('registrations', registrations).set('consent', consent);
    }
  }

  if (token !== null) {
    // Imported on demand: the APIs' token validation loads slowly, and most runs explain no token.
    const { examineToken } = await import('./token/examine-token.ts');
    sections.set('token', await examineToken(token, apps, files.environments, provider?.keys ?? null, now()));
  }
  const whose = kind === 'local' ? `The local tenant at ${configuration.localTenantUrl}` : 'A real tenant';
  return { subject: `${whose}, according to the files in ${directory}`, sections };
}

/**
 * Connects to the tenant that the environment files name.
 *
 * @returns `null` when they name none; a finding when it cannot be reached.
 */
async function connect(
  { AUTHORITY, TENANT_ID, GRAPH_BASE_URL }: Environment,
  { tenant, signIn, graphTokenFile }: DoctorArguments,
  localTenantUrl: string,
  context: SignInContext,
): Promise<TenantConnection | Finding | null> {
  const target = { local: !tenant, tenant: TENANT_ID, cloud: 'global', signIn, graphTokenFile } as const;
  let origins: { authorityUrl?: string; graphUrl?: string } = {};
  if (tenant) {
    if (!TENANT_ID || !URL.canParse(AUTHORITY ?? '') || !URL.canParse(GRAPH_BASE_URL ?? '')) return null;
    const graphUrl = new URL(GRAPH_BASE_URL ?? '').origin;
    // Users sign in to Graph at its cloud's authority, even if the apps have another one.
    const authorityUrl = cloudWith(graphUrl)?.cloud.authorityUrl ?? new URL(AUTHORITY ?? '').origin;
    origins = { authorityUrl, graphUrl };
  }
  try {
    return await findTenant({ ...target, ...origins }, localTenantUrl, context);
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const problem = `The app registrations cannot be read. ${error.message}`;
    return finding('registrations_not_readable', problem, 'Start it, then run this again.');
  }
}
