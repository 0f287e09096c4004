import type { ClientSecret } from './credential/client-secret.ts';
import { type CredentialChoice, ensureCredential } from './credential/credential.ts';
import { type AppDescription, type AppKey, type DescriptionParameters, describeApps } from './description.ts';
import type { Environment } from './environment/environment.ts';
import { ExpectedError } from './expected-error.ts';
import { bodyOf, compareSettings, type Difference } from './settings/compare-settings.ts';
import { desiredSettings, initialSettings, ownTag } from './settings/desired-settings.ts';
import { repairSettings } from './settings/repair-settings.ts';
import {
  createServicePrincipal,
  findApplication,
  findServicePrincipal,
  type RegisteredApp,
  upsertApplication,
} from './tenant/applications.ts';
import type { GraphClient } from './tenant/graph-client.ts';

/** One thing that is changed in the tenant. */
export interface Change extends Difference {
  /** Unique name of the app. */
  app: string;
}

export interface Registration {
  /** Application (client) ids. */
  appIds: Readonly<Record<AppKey, string>>;
  /** Object ids of the service principals. */
  principals: Readonly<Record<AppKey, string>>;
  /** Variables that tell the middle tier how to prove who it is. */
  credential: Environment;
  /** Empty when the tenant was as described. */
  changes: readonly Change[];
}

export interface RegistrationOptions extends DescriptionParameters {
  credential: CredentialChoice;
  /** The client secret that an earlier run wrote down, if any. */
  knownSecret: ClientSecret | null;
  now?: () => Date;
}

/** An app of the same unique name exists that this program did not make. */
export class ForeignAppError extends ExpectedError {
  override readonly name = 'ForeignAppError';
}

/**
 * Makes the tenant match the description. Run again, it changes nothing; interrupted, it continues.
 * It grants no consent: people are asked when they first sign in.
 *
 * Source: Microsoft Graph v1.0, "Upsert application", "Update application", "Create servicePrincipal".
 *
 * @throws {GraphRequestError} when Graph refuses or cannot be reached; its message says what to do.
 * @throws {ForeignAppError}
 */
export async function registerApps(graph: GraphClient, options: RegistrationOptions): Promise<Registration> {
  const { credential: choice, knownSecret, now = () => new Date() } = options;
  const apps = describeApps(options);
  const changes: Change[] = [];
  const created = new Set<AppKey>();

  const downstreamApi = await ensureExists(graph, named(apps, 'downstreamApi'), created);
  const middleTierApi = await ensureExists(graph, named(apps, 'middleTierApi'), created);
  const spa = await ensureExists(graph, named(apps, 'spa'), created);
  for (const key of created)
    changes.push({ app: named(apps, key).uniqueName, property: 'application', from: null, to: 'created' });
  const registered = { downstreamApi, middleTierApi, spa };
  const appIds = { downstreamApi: downstreamApi.appId, middleTierApi: middleTierApi.appId, spa: spa.appId };
  const principals = { downstreamApi: '', middleTierApi: '', spa: '' };

  for (const app of apps) {
    const desired = desiredSettings(app, apps, appIds);
    const differences = compareSettings(registered[app.key], desired);
    await repairSettings(graph, registered[app.key], differences, desired);
    // Of an app that was created just now, one line says it all.
    if (!created.has(app.key))
      changes.push(...differences.map((difference) => ({ app: app.uniqueName, ...difference })));
    const known = await findServicePrincipal(graph, appIds[app.key]);
    principals[app.key] = known ?? (await createServicePrincipal(graph, appIds[app.key]));
    if (known === null)
      changes.push({ app: app.uniqueName, property: 'service principal', from: null, to: 'created' });
  }

  const parameters = { choice, knownSecret, now: now() };
  const credential = await ensureCredential(graph, middleTierApi, parameters);
  const app = named(apps, 'middleTierApi').uniqueName;
  changes.push(...credential.changes.map((change) => ({ app, ...change })));
  return {
    appIds,
    principals,
    credential: credential.environment,
    changes,
  };
}

async function ensureExists(
  graph: GraphClient,
  app: AppDescription,
  created: Set<AppKey>,
): Promise<RegisteredApp> {
  const existing = await findOwnApplication(graph, app);
  if (existing) return existing;
  created.add(app.key);
  return upsertApplication(graph, app, { ...bodyOf(initialSettings(app)), tags: [ownTag] });
}

/**
 * The app, if it is there.
 *
 * @throws {ForeignAppError} when it is there and not marked as one of this program.
 */
export async function findOwnApplication(
  graph: GraphClient,
  app: AppDescription,
): Promise<RegisteredApp | null> {
  const existing = await findApplication(graph, app);
  if (existing === null || existing.tags.includes(ownTag)) return existing;
  throw new ForeignAppError(
    `The tenant has an app with the unique name '${app.uniqueName}' that this program did not make (it lacks the tag '${ownTag}'). Rename or delete it, or choose another name prefix.`,
  );
}

export function named(apps: readonly AppDescription[], key: AppKey): AppDescription {
  const app = apps.find((candidate) => candidate.key === key);
  if (!app) throw new Error(`The description has no app '${key}'.`);
  return app;
}
