import { adminConsentUrl, consentForEveryone } from './consent-for-everyone.ts';
import type { CredentialChoice } from './credential/credential.ts';
import { type AppKey, describeApps } from './description.ts';
import { type Environment, type EnvironmentParameters, environments } from './environment/environment.ts';
import {
  environmentFilesIn,
  readKnownSecret,
  writeEnvironmentFiles,
} from './environment/environment-files.ts';
import { planRegistration } from './plan.ts';
import { type Change, registerApps } from './register-apps.ts';
import { readTenantId } from './tenant/applications.ts';
import { createGraphClient, type GraphClient, type GraphClientOptions } from './tenant/graph-client.ts';
import { GraphRequestError } from './tenant/graph-error.ts';

export interface RegisterOptions
  extends Pick<
      EnvironmentParameters,
      | 'authority'
      | 'authorityMetadata'
      | 'graphBaseUrl'
      | 'graphResource'
      | 'urls'
      | 'moreSpaUrls'
      | 'allowedTenantIds'
    >,
    Pick<GraphClientOptions, 'patience' | 'pause'> {
  /** Gives an access token for Microsoft Graph with Application.ReadWrite.All. */
  getToken: () => Promise<string>;
  /** Where the environment files are, and are written. */
  environmentDirectory: string;
  /** Start of the apps' unique names. */
  namePrefix?: string | undefined;
  /** A client secret, if omitted. */
  credential?: CredentialChoice | undefined;
  /** Whether to consent for everyone. */
  consent?: boolean | undefined;
  now?: () => Date;
}

/** `refused`: the account may not; the URL is for somebody who may. */
export type ConsentOutcome = { state: 'not_asked_for' | 'given' } | { state: 'refused'; url: string };

export interface RegisterResult {
  changes: readonly Change[];
  environments: Readonly<Record<AppKey, Environment>>;
  /** Environment files that were written, because they were not as they should be. */
  written: readonly string[];
  consent: ConsentOutcome;
}

/**
 * Registers the apps and writes the environment file of each; consents for everyone if asked to. Run again, it does
 * nothing.
 *
 * @throws {GraphRequestError}
 * @throws {ForeignAppError}
 */
export async function register(options: RegisterOptions): Promise<RegisterResult> {
  const { authority, environmentDirectory, urls } = options;
  const graph = createGraphClient({ ...options, baseUrl: options.graphBaseUrl });
  const files = environmentFilesIn(environmentDirectory);
  const tenantId = await readTenantId(graph);
  const registration = await registerApps(graph, await registrationOptions(options));
  const all = environments({ ...options, ...registration, tenantId });
  // Before consent: a client secret that is not written down is lost.
  const written = await writeEnvironmentFiles(files, all);

  const changes = [...registration.changes];
  let consent: ConsentOutcome = { state: 'not_asked_for' };
  if (options.consent) {
    try {
      changes.push(...(await consentForEveryone(graph, appsOf(options), registration.principals)));
      consent = { state: 'given' };
    } catch (error) {
      if (!(error instanceof GraphRequestError) || error.status !== 403) throw error;
      const url = adminConsentUrl(new URL(authority).origin, tenantId, registration.appIds, urls.spa);
      consent = { state: 'refused', url };
    }
  }
  return { changes, environments: all, written, consent };
}

/** Says what {@link register} would change in the tenant, and changes nothing. */
export async function plan(graph: GraphClient, options: RegisterOptions): Promise<Change[]> {
  const { consent = false } = options;
  return planRegistration(graph, { ...(await registrationOptions(options)), consent });
}

const appsOf = (options: RegisterOptions) => describeApps(descriptionOf(options));

/** What the options say about the description. */
export const descriptionOf = ({ urls, moreSpaUrls = [], namePrefix, allowedTenantIds }: RegisterOptions) => ({
  spaUrls: [urls.spa, ...moreSpaUrls],
  multiTenant: allowedTenantIds !== undefined,
  ...(namePrefix !== undefined && { namePrefix }),
});

const registrationOptions = async (options: RegisterOptions) => ({
  ...descriptionOf(options),
  credential: options.credential ?? ({ kind: 'secret' } as const),
  knownSecret: await readKnownSecret(environmentFilesIn(options.environmentDirectory)),
  ...(options.now && { now: options.now }),
});
