import { planAdminConsent } from './admin-consent.ts';
import { forEachRegisteredApp } from './apps.ts';
import { planCredential } from './credential/credential.ts';
import { describeApps, findApp } from './description.ts';
import { type Change, findOwnApplication, type RegistrationOptions } from './register-apps.ts';
import { compareSettings } from './settings/compare-settings.ts';
import { desiredSettings } from './settings/desired-settings.ts';
import { findServicePrincipal } from './tenant/applications.ts';
import { findApps } from './tenant/find-apps.ts';
import type { GraphClient } from './tenant/graph-client.ts';

export interface PlanOptions extends RegistrationOptions {
  /** Includes admin consent. */
  consent: boolean;
}

/**
 * Lists what registering would change, and changes nothing.
 *
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 * @throws {ForeignAppError} when another program created an app with one of the names.
 */
export async function planRegistration(graph: GraphClient, options: PlanOptions): Promise<Change[]> {
  const { credential: choice, knownSecret, consent, now = () => new Date() } = options;
  const apps = describeApps(options);
  const { found, middleTierApi, appIds } = await findApps(apps, (app) => findOwnApplication(graph, app));

  const changes: Change[] = [];
  const principals = forEachRegisteredApp((): string | null => null);
  for (const { app, registered } of found) {
    if (registered === null)
      changes.push({ app: app.uniqueName, property: 'application', from: null, to: 'created' });
  }
  for (const { app, registered } of found) {
    if (registered !== null) {
      const differences = compareSettings(registered, desiredSettings(app, apps, appIds));
      changes.push(...differences.map((difference) => ({ app: app.uniqueName, ...difference })));
      principals[app.key] = await findServicePrincipal(graph, registered.appId);
    }
    if (principals[app.key] === null)
      changes.push({ app: app.uniqueName, property: 'service principal', from: null, to: 'created' });
  }
  const parameters = { choice, knownSecret, now: now() };
  const credentialChanges = await planCredential(graph, middleTierApi, parameters);
  const app = findApp(apps, 'middleTierApi').uniqueName;
  changes.push(...credentialChanges.map((change) => ({ app, ...change })));
  if (consent) changes.push(...(await planAdminConsent(graph, apps, principals)));
  return changes;
}
