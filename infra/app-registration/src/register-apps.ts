import { type AppKey, forEachApp } from './apps.ts';
import type { ClientSecret } from './credential/client-secret.ts';
import { type CredentialChoice, credentialOf, ensureCredential } from './credential/credential.ts';
import { type AppDescription, type DescriptionParameters, describeApps, findApp } from './description.ts';
import type { Environment } from './environment/environment.ts';
import { ExpectedError } from './expected-error.ts';
import { compareSettings, type Difference, toRequestBody } from './settings/compare-settings.ts';
import { desiredSettings, initialSettings, ownTag } from './settings/desired-settings.ts';
import { repairSettings } from './settings/repair-settings.ts';
import {
  createServicePrincipal,
  findApplication,
  findServicePrincipal,
  type RegisteredApp,
  upsertApplication,
} from './tenant/applications.ts';
import { findApps } from './tenant/find-apps.ts';
import type { GraphClient } from './tenant/graph-client.ts';

/** A change in the tenant. */
export interface Change extends Difference {
  /** Unique name of the app. */
  app: string;
}

export interface Registration {
  /** Application (client) IDs. */
  appIds: Readonly<Record<AppKey, string>>;
  /** Object IDs of the service principals. */
  principals: Readonly<Record<AppKey, string>>;
  /** Variables that give each app its credential; none for an app without one. */
  credentials: Readonly<Record<AppKey, Environment>>;
  /** Empty when the tenant was as described. */
  changes: readonly Change[];
}

export interface RegistrationOptions extends DescriptionParameters {
  credential: CredentialChoice;
  /** The client secret in the environment file of each app, if any. */
  knownSecrets: Readonly<Record<AppKey, ClientSecret | null>>;
  now?: () => Date;
}

/** An app with one of the unique names exists that `register` did not create. */
export class ForeignAppError extends ExpectedError {
  override readonly name = 'ForeignAppError';
}

/**
 * Makes the tenant match the description. Run again, it changes nothing; after an interruption, it continues. It grants
 * no consent: users are asked at their first sign-in.
 *
 * Source: Microsoft Graph v1.0, "Upsert application", "Update application", "Create servicePrincipal".
 *
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached. Its message says what to do.
 * @throws {ForeignAppError} when another program created an app with one of the names.
 */
export async function registerApps(graph: GraphClient, options: RegistrationOptions): Promise<Registration> {
  const { credential: choice, knownSecrets, now = () => new Date() } = options;
  const apps = describeApps(options);
  const changes: Change[] = [];
  const created = new Set<AppKey>();

  const { found, appIds } = await findApps(apps, (app) => ensureExists(graph, app, created));
  for (const key of created)
    changes.push({ app: findApp(apps, key).uniqueName, property: 'application', from: null, to: 'created' });
  const principals = forEachApp(() => '');

  for (const { app, registered } of found) {
    const desired = desiredSettings(app, apps, appIds);
    const differences = compareSettings(registered, desired);
    await repairSettings(graph, registered, differences, desired);
    // "application created" covers every setting of a new app.
    if (!created.has(app.key))
      changes.push(...differences.map((difference) => ({ app: app.uniqueName, ...difference })));
    const known = await findServicePrincipal(graph, appIds[app.key]);
    principals[app.key] = known ?? (await createServicePrincipal(graph, appIds[app.key]));
    if (known === null)
      changes.push({ app: app.uniqueName, property: 'service principal', from: null, to: 'created' });
  }

  const credentials = forEachApp((): Environment => ({}));
  for (const { app, registered } of found.filter(({ app }) => app.needsCredential)) {
    const parameters = {
      choice: credentialOf(app.key, choice),
      knownSecret: knownSecrets[app.key],
      now: now(),
    };
    const credential = await ensureCredential(graph, registered, parameters);
    credentials[app.key] = credential.environment;
    changes.push(...credential.changes.map((change) => ({ app: app.uniqueName, ...change })));
  }
  return { appIds, principals, credentials, changes };
}

async function ensureExists(
  graph: GraphClient,
  app: AppDescription,
  created: Set<AppKey>,
): Promise<RegisteredApp> {
  const existing = await findOwnApplication(graph, app);
  if (existing) return existing;
  created.add(app.key);
  return upsertApplication(graph, app, { ...toRequestBody(initialSettings(app)), tags: [ownTag] });
}

/**
 * Finds an app that `register` created; `null` when there is none.
 *
 * @throws {ForeignAppError} when another program created an app with this name.
 */
export async function findOwnApplication(
  graph: GraphClient,
  app: AppDescription,
): Promise<RegisteredApp | null> {
  const existing = await findApplication(graph, app);
  if (existing === null || existing.tags.includes(ownTag)) return existing;
  throw new ForeignAppError(
    `The tenant has an app with the unique name '${app.uniqueName}' that \`register\` did not create (it lacks the tag '${ownTag}'). Rename or delete it, or pass --name-prefix.`,
  );
}
