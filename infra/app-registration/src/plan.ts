import { planAdminConsent } from './admin-consent.ts';
import { forEachApp } from './apps.ts';
import { credentialOf, planCredential } from './credential/credential.ts';
import { describeApps } from './description.ts';
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
  const { credential: choice, knownSecrets, consent, now = () => new Date() } = options;
  const apps = describeApps(options);
  const { found, appIds } = await findApps(apps, (app) => findOwnApplication(graph, app));

  const changes: Change[] = [];
  const principals = forEachApp((): string | null => null);
  for (const { app, registered } of found) {
    if (registered === null)
      changes.push({ app: app.uniqueName, property: 'application', from: null, to: 'created' });
  }
  for (const { app, registered: existing } of found) {
    if (existing !== null) {
      const differences = compareSettings(existing, desiredSettings(app, apps, appIds));
      changes.push(...differences.map((difference) => ({ app: app.uniqueName, ...difference })));
      principals[app.key] = await findServicePrincipal(graph, existing.appId);
    }
    if (principals[app.key] === null)
      changes.push({ app: app.uniqueName, property: 'service principal', from: null, to: 'created' });
  }
  for (const { app, registered } of found.filter(({ app }) => app.needsCredential)) {
    const parameters = {
      choice: credentialOf(app.key, choice),
      knownSecret: knownSecrets[app.key],
      now: now(),
    };
    const credentialChanges = await planCredential(graph, registered, parameters);
    changes.push(...credentialChanges.map((change) => ({ app: app.uniqueName, ...change })));
  }
  if (consent) changes.push(...(await planAdminConsent(graph, apps, principals)));
  return changes;
}
