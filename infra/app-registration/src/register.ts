import { adminConsentUrl, grantAdminConsent } from './admin-consent.ts';
import type { AppKey } from './apps.ts';
import type { CredentialChoice } from './credential/credential.ts';
import { describeApps } from './description.ts';
import { type Environment, type EnvironmentParameters, environments } from './environment/environment.ts';
import {
  environmentFilesIn,
  readKnownSecrets,
  writeEnvironmentFiles,
} from './environment/environment-files.ts';
import { planRegistration } from './plan.ts';
import { type Change, registerApps } from './register-apps.ts';
import { readTenantId } from './tenant/applications.ts';
import { GraphClient, type GraphClientOptions } from './tenant/graph-client.ts';
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
      | 'mcpUrl'
      | 'mobileRedirectUris'
      | 'allowedTenantIds'
    >,
    Pick<GraphClientOptions, 'patience' | 'pause'> {
  /** Returns an access token for Microsoft Graph with Application.ReadWrite.All. */
  getToken: () => Promise<string>;
  /** Directory that the environment files are read from and written to. */
  environmentDirectory: string;
  /** Start of the apps' unique names. */
  namePrefix?: string | undefined;
  /** A client secret if omitted. */
  credential?: CredentialChoice | undefined;
  /** Grant admin consent. */
  consent?: boolean | undefined;
  now?: () => Date;
}

/** `denied`: the account may not consent. An administrator can, at the URL. */
export type ConsentOutcome = { state: 'not_requested' | 'granted' } | { state: 'denied'; url: string };

export interface RegisterResult {
  changes: readonly Change[];
  environments: Readonly<Record<AppKey, Environment>>;
  /** Paths of the environment files whose content changed. */
  written: readonly string[];
  consent: ConsentOutcome;
}

/**
 * Registers the apps, writes the environment file of each, and grants admin consent if requested. Run again, it changes
 * nothing.
 *
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 * @throws {ForeignAppError} when another program created an app with one of the names.
 */
export async function register(options: RegisterOptions): Promise<RegisterResult> {
  const { authority, environmentDirectory, urls } = options;
  const graph = new GraphClient({ ...options, baseUrl: options.graphBaseUrl });
  const files = environmentFilesIn(environmentDirectory);
  const tenantId = await readTenantId(graph);
  const registration = await registerApps(graph, await registrationOptions(options));
  const all = environments({ ...options, ...registration, tenantId });
  // Before consent: a client secret that is not in a file yet would be lost if consent failed.
  const written = await writeEnvironmentFiles(files, all);

  const changes = [...registration.changes];
  let consent: ConsentOutcome = { state: 'not_requested' };
  if (options.consent) {
    try {
      const apps = describeApps(descriptionOf(options));
      changes.push(...(await grantAdminConsent(graph, apps, registration.principals)));
      consent = { state: 'granted' };
    } catch (error) {
      if (!(error instanceof GraphRequestError) || error.status !== 403) throw error;
      const url = adminConsentUrl(new URL(authority).origin, tenantId, registration.appIds, urls.spa);
      consent = { state: 'denied', url };
    }
  }
  return { changes, environments: all, written, consent };
}

/** Lists what {@link register} would change in the tenant, and changes nothing. */
export async function plan(graph: GraphClient, options: RegisterOptions): Promise<Change[]> {
  const { consent = false } = options;
  return planRegistration(graph, { ...(await registrationOptions(options)), consent });
}

const descriptionOf = ({
  urls,
  moreSpaUrls = [],
  mcpUrl,
  mobileRedirectUris,
  namePrefix,
  allowedTenantIds,
  authorityMetadata,
}: RegisterOptions) => ({
  spaUrls: [urls.spa, ...moreSpaUrls],
  middleTierUrl: urls.middleTierApi,
  mcpUrl,
  mobileRedirectUris,
  bffUrl: urls.bff,
  multiTenant: allowedTenantIds !== undefined,
  isTenantOverHttp: authorityMetadata?.authorization_endpoint?.startsWith('http:') ?? false,
  ...(namePrefix !== undefined && { namePrefix }),
});

const registrationOptions = async (options: RegisterOptions) => ({
  ...descriptionOf(options),
  credential: options.credential ?? ({ kind: 'secret' } as const),
  knownSecrets: await readKnownSecrets(environmentFilesIn(options.environmentDirectory)),
  ...(options.now && { now: options.now }),
});
