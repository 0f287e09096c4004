import type { AppDescription, AppKey } from '../description.ts';
import { named } from '../register-apps.ts';
import type { RegisteredApp } from './applications.ts';

/** The apps of a description, as a tenant has them. */
export interface FoundApps {
  /** `null` when the tenant has none. */
  registered: Readonly<Record<AppKey, RegisteredApp | null>>;
  /** Application (client) ids. An app that is not there has none: its name stands for it. */
  appIds: Readonly<Record<AppKey, string>>;
}

/** Reads all apps, one after the other. */
export async function findApps(
  apps: readonly AppDescription[],
  find: (app: AppDescription) => Promise<RegisteredApp | null>,
): Promise<FoundApps> {
  const registered = {
    downstreamApi: await find(named(apps, 'downstreamApi')),
    middleTierApi: await find(named(apps, 'middleTierApi')),
    spa: await find(named(apps, 'spa')),
  };
  const idOf = (key: AppKey) => registered[key]?.appId ?? `<${named(apps, key).uniqueName}>`;
  const appIds = {
    downstreamApi: idOf('downstreamApi'),
    middleTierApi: idOf('middleTierApi'),
    spa: idOf('spa'),
  };
  return { registered, appIds };
}
