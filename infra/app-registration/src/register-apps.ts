import { type ClientSecret, ensureSecret } from './client-secret.ts';
import { bodyOf, compareSettings, type Difference } from './compare-settings.ts';
import { type AppDescription, type AppKey, type DescriptionParameters, describeApps } from './description.ts';
import { desiredSettings, initialSettings, ownTag, type Settings } from './desired-settings.ts';
import { createGraphClient, type GraphClient } from './graph-client.ts';
import {
  createServicePrincipal,
  findApplication,
  hasServicePrincipal,
  type RegisteredApp,
  readTenantId,
  updateApplication,
  upsertApplication,
} from './tenant.ts';

/** One thing that was changed in the tenant. */
export interface Change extends Difference {
  /** Unique name of the app. */
  app: string;
}

export interface Registration {
  tenantId: string;
  /** Application (client) ids. */
  appIds: Readonly<Record<AppKey, string>>;
  /** The middle tier's client secret. */
  secret: ClientSecret;
  /** Empty when the tenant was as described. */
  changes: readonly Change[];
}

export interface RegistrationOptions extends DescriptionParameters {
  /** Microsoft Graph with its version: the local tenant's, a national cloud's, or Microsoft's. */
  graphBaseUrl: string;
  /** Gives an access token for Microsoft Graph with Application.ReadWrite.All. */
  getToken: () => Promise<string>;
  /** The client secret that an earlier run wrote down, if any. */
  knownSecret: ClientSecret | null;
  now?: () => Date;
}

/** An app of the same unique name exists that this program did not make. */
export class ForeignAppError extends Error {
  override readonly name = 'ForeignAppError';
}

/**
 * Makes the tenant match the description. Run again, it changes nothing; interrupted, it continues.
 * It grants no consent: people are asked when they first sign in.
 *
 * Source: Microsoft Graph v1.0, "Upsert application", "Update application", "Create servicePrincipal", "application: addPassword".
 *
 * @throws {GraphRequestError} when Graph refuses or cannot be reached; its message says what to do.
 * @throws {ForeignAppError}
 */
export async function registerApps(options: RegistrationOptions): Promise<Registration> {
  const { graphBaseUrl: baseUrl, getToken, knownSecret, now = () => new Date() } = options;
  const graph = createGraphClient({ baseUrl, getToken });
  const apps = describeApps(options);
  const changes: Change[] = [];
  const created = new Set<AppKey>();

  const tenantId = await readTenantId(graph);
  const downstreamApi = await ensureExists(graph, named(apps, 'downstreamApi'), created);
  const middleTierApi = await ensureExists(graph, named(apps, 'middleTierApi'), created);
  const spa = await ensureExists(graph, named(apps, 'spa'), created);
  for (const key of created)
    changes.push({ app: named(apps, key).uniqueName, property: 'application', from: null, to: 'created' });
  const registered = { downstreamApi, middleTierApi, spa };
  const appIds = { downstreamApi: downstreamApi.appId, middleTierApi: middleTierApi.appId, spa: spa.appId };

  for (const app of apps) {
    const desired = desiredSettings(app, apps, appIds);
    const differences = compareSettings(registered[app.key], desired);
    await repair(graph, registered[app.key], differences, desired);
    // Of an app that was created just now, one line says it all.
    if (!created.has(app.key))
      changes.push(...differences.map((difference) => ({ app: app.uniqueName, ...difference })));
    if (!(await hasServicePrincipal(graph, registered[app.key]))) {
      await createServicePrincipal(graph, registered[app.key]);
      changes.push({ app: app.uniqueName, property: 'service principal', from: null, to: 'created' });
    }
  }

  const { secret, isNew } = await ensureSecret(graph, middleTierApi, knownSecret, now());
  if (isNew) {
    const app = named(apps, 'middleTierApi').uniqueName;
    changes.push({ app, property: 'client secret', from: null, to: `added, key id ${secret.keyId}` });
  }
  return { tenantId, appIds, secret, changes };
}

async function ensureExists(
  graph: GraphClient,
  app: AppDescription,
  created: Set<AppKey>,
): Promise<RegisteredApp> {
  const existing = await findApplication(graph, app);
  if (existing) {
    if (existing.tags.includes(ownTag)) return existing;
    throw new ForeignAppError(
      `The tenant has an app with the unique name '${app.uniqueName}' that this program did not make (it lacks the tag '${ownTag}'). Rename or delete it, or choose another name prefix.`,
    );
  }
  created.add(app.key);
  return upsertApplication(graph, app, { ...bodyOf(initialSettings(app)), tags: [ownTag] });
}

/** Scopes go first, by themselves: other settings refer to them, and an enabled one is refused any change. */
async function repair(
  graph: GraphClient,
  app: RegisteredApp,
  differences: readonly Difference[],
  desired: Settings,
): Promise<void> {
  const scopes = differences.find(({ property }) => property === scopesProperty);
  if (scopes) {
    const existing = Array.isArray(scopes.from) ? scopes.from : [];
    if (existing.length > 0) {
      const disabled = existing.map((scope) => ({ ...scope, isEnabled: false }));
      await updateApplication(graph, app, bodyOf({ [scopesProperty]: disabled }));
    }
    const referring = 'api.preAuthorizedApplications';
    await updateApplication(
      graph,
      app,
      bodyOf({ [scopesProperty]: scopes.to, [referring]: desired[referring] }),
    );
  }
  const others = differences.filter(({ property }) => property !== scopesProperty);
  if (others.length > 0) {
    await updateApplication(
      graph,
      app,
      bodyOf(Object.fromEntries(others.map(({ property, to }) => [property, to]))),
    );
  }
}

const scopesProperty = 'api.oauth2PermissionScopes';

function named(apps: readonly AppDescription[], key: AppKey): AppDescription {
  const app = apps.find((candidate) => candidate.key === key);
  if (!app) throw new Error(`The description has no app '${key}'.`);
  return app;
}
