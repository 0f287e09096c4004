import { describeApps, environmentDirectory } from '@obo/app-registration';
import {
  ExpectedError,
  type ReachedTenant,
  readConfiguration,
  type SignInSurroundings,
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
import { readPort } from './machine/read-ports.ts';
import { wantedPorts } from './machine/wanted-ports.ts';
import { reachTenantOf } from './target.ts';

export interface Examination {
  /** Whose tenant, and which files, in words. */
  subject: string;
  /** Sections that were looked at, in order. */
  sections: ReadonlyMap<Section, readonly Observation[]>;
}

/**
 * Looks at everything that can be looked at.
 *
 * @param token To be explained; `null` when there is none.
 */
export async function examine(
  args: DoctorArguments,
  token: string | null,
  surroundings: SignInSurroundings,
  now: () => Date = () => new Date(),
): Promise<Examination> {
  const kind = args.tenant ? 'real' : 'local';
  const configuration = readConfiguration(surroundings.env);
  const prefix = args['name-prefix'];
  const directory = configuration.environmentDirectory ?? environmentDirectory(kind, prefix);
  const sections = new Map<Section, readonly Observation[]>();

  const files = await readFiles(directory);
  const { middleTierApi } = files.environments;
  const commands = commandsFor(kind, prefix, middleTierApi);
  const wanted = wantedPorts(kind, configuration, files);
  const ports = await Promise.all(wanted.map(async (port) => ({ ...port, ...(await readPort(port)) })));
  sections.set('machine', checkMachine({ nodeVersion: process.versions.node, ports }, commands));
  sections.set('files', checkFiles(files, commands, now()));

  const localTenantUrl = kind === 'local' ? configuration.localTenantUrl : null;
  const expected = expectedProvider(middleTierApi, localTenantUrl);
  const provider = expected && (await readProvider(expected.url));
  if (expected && provider)
    sections.set('identityProvider', checkProvider(provider, expected, kind, commands));

  const { spa = 'http://localhost:3000' } = configuration.urls;
  const spaUrls = middleTierApi.ALLOWED_ORIGINS?.split(',') ?? [spa];
  const multiTenant = Boolean(middleTierApi.ALLOWED_TENANT_IDS);
  const apps = describeApps({ spaUrls, multiTenant, ...(prefix !== undefined && { namePrefix: prefix }) });
  if (!args['no-sign-in']) {
    const tenant = await reachable(() =>
      reachTenantOf(middleTierApi, args, configuration.localTenantUrl, surroundings),
    );
    const examination = { issuer: expected?.issuer ?? '', files, apps, commands, now: now() };
    if (tenant !== null && 'id' in tenant) sections.set('registrations', [tenant]);
    else if (tenant !== null) {
      const { registrations, consent } = await examineTenant({ tenant, ...examination });
      sections.set('registrations', registrations).set('consent', consent);
    }
  }

  if (token !== null) {
    // Only here: it brings along what every service needs.
    const { examineToken } = await import('./token/examine-token.ts');
    sections.set('token', await examineToken(token, apps, files.environments, provider?.keys ?? null, now()));
  }
  const whose = kind === 'local' ? `The local tenant at ${configuration.localTenantUrl}` : 'A real tenant';
  return { subject: `${whose}, by the files in ${directory}`, sections };
}

/** The tenant; or that it cannot be reached, as a finding. */
async function reachable(
  reach: () => Promise<ReachedTenant | null>,
): Promise<ReachedTenant | Finding | null> {
  try {
    return await reach();
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const problem = `The app registrations cannot be seen. ${error.message}`;
    return finding('registrations_not_readable', problem, 'Run this again when it runs.');
  }
}
