import { type AppDescription, type AppKey, findApp } from '../description.ts';
import type { RegisteredApp } from './applications.ts';

/** The apps of a description, as they are in a tenant. */
export interface FoundApps {
  /** `null` for an app that is not registered. */
  registered: Readonly<Record<AppKey, RegisteredApp | null>>;
  /** Application (client) IDs; `<unique name>` for an app that is not registered. */
  appIds: Readonly<Record<AppKey, string>>;
}

/** Finds the apps of a description in a tenant, one after the other. */
export async function findApps(
  apps: readonly AppDescription[],
  find: (app: AppDescription) => Promise<RegisteredApp | null>,
): Promise<FoundApps> {
  const registered = {
    downstreamApi: await find(findApp(apps, 'downstreamApi')),
    middleTierApi: await find(findApp(apps, 'middleTierApi')),
    spa: await find(findApp(apps, 'spa')),
  };
  const idOf = (key: AppKey) => registered[key]?.appId ?? `<${findApp(apps, key).uniqueName}>`;
  const appIds = {
    downstreamApi: idOf('downstreamApi'),
    middleTierApi: idOf('middleTierApi'),
    spa: idOf('spa'),
  };
  return { registered, appIds };
}
