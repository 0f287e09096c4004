import { forEachRegisteredApp, type RegisteredKey } from '../apps.ts';
import type { AppDescription } from '../description.ts';
import type { RegisteredApp } from './applications.ts';

/** The apps of a description, as they are in a tenant. */
export interface FoundApps<Found> {
  found: readonly { app: AppDescription; registered: Found }[];
  middleTierApi: Found;
  /** Application (client) IDs; `<unique name>` for an app that is not registered, and empty for one that is not described. */
  appIds: Readonly<Record<RegisteredKey, string>>;
}

/**
 * Finds the apps of a description in a tenant, one after the other.
 *
 * @param find Returns `null` for an app that is not registered.
 * @throws {Error} when the description lacks the middle tier: a bug.
 */
export async function findApps<Found extends RegisteredApp | null>(
  apps: readonly AppDescription[],
  find: (app: AppDescription) => Promise<Found>,
): Promise<FoundApps<Found>> {
  const found: { app: AppDescription; registered: Found }[] = [];
  for (const app of apps) found.push({ app, registered: await find(app) });
  const appIds = forEachRegisteredApp(() => '');
  for (const { app, registered } of found) appIds[app.key] = registered?.appId ?? `<${app.uniqueName}>`;
  const middleTierApi = found.find(({ app }) => app.key === 'middleTierApi');
  if (!middleTierApi) throw new Error('The description has no middle tier.');
  return { found, middleTierApi: middleTierApi.registered, appIds };
}
