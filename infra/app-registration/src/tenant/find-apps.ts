import { type AppKey, forEachApp } from '../apps.ts';
import { type AppDescription, findApp } from '../description.ts';
import type { RegisteredApp } from './applications.ts';

/** The apps of a description, as they are in a tenant. */
export interface FoundApps<Found> {
  registered: Readonly<Record<AppKey, Found>>;
  /** Application (client) IDs; `<unique name>` for an app that is not registered. */
  appIds: Readonly<Record<AppKey, string>>;
}

/**
 * Finds the apps of a description in a tenant, one after the other.
 *
 * @param find Returns `null` for an app that is not registered.
 * @throws {Error} when the description lacks an app: a bug.
 */
export async function findApps<Found extends RegisteredApp | null>(
  apps: readonly AppDescription[],
  find: (app: AppDescription) => Promise<Found>,
): Promise<FoundApps<Found>> {
  const found = new Map<AppDescription, Found>();
  for (const app of apps) found.set(app, await find(app));
  const registered = forEachApp(({ key }): Found => {
    const app = found.get(findApp(apps, key));
    if (app === undefined) throw new Error(`Nothing was returned for the app '${key}'.`);
    return app;
  });
  const appIds = forEachApp(({ key }) => registered[key]?.appId ?? `<${findApp(apps, key).uniqueName}>`);
  return { registered, appIds };
}
