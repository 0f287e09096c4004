import { type AppKey, forEachApp } from '../apps.ts';
import type { AppDescription } from '../description.ts';
import type { RegisteredApp } from './applications.ts';

/** The apps of a description, as they are in a tenant. */
export interface FoundApps<Found> {
  /** In the order of the description. */
  found: readonly { app: AppDescription; registered: Found }[];
  /** Application (client) IDs; `<unique name>` for an app that is not registered, empty for one that is not described. */
  appIds: Readonly<Record<AppKey, string>>;
}

/**
 * Finds the apps of a description in a tenant, one after the other.
 *
 * @param find Returns `null` for an app that is not registered.
 */
export async function findApps<Found extends RegisteredApp | null>(
  apps: readonly AppDescription[],
  find: (app: AppDescription) => Promise<Found>,
): Promise<FoundApps<Found>> {
  const found: { app: AppDescription; registered: Found }[] = [];
  for (const app of apps) found.push({ app, registered: await find(app) });
  const appIds = forEachApp(({ key }) => {
    const described = found.find(({ app }) => app.key === key);
    return described ? (described.registered?.appId ?? `<${described.app.uniqueName}>`) : '';
  });
  return { found, appIds };
}
