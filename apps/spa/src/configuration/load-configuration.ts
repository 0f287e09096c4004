import { type SpaConfiguration, spaConfigurationSchema } from './spa-configuration.ts';

/** `/configuration.json` is missing or does not describe an environment. */
export class ConfigurationUnusable extends Error {
  override readonly name = 'ConfigurationUnusable';
}

let loaded: Promise<SpaConfiguration> | undefined;

/**
 * The environment's configuration, fetched once per page load; a failure is not kept, so that a retry asks again.
 *
 * @throws {ConfigurationUnusable} naming the members that are missing or wrong.
 */
export function loadConfiguration(): Promise<SpaConfiguration> {
  loaded ??= fetchConfiguration().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function fetchConfiguration(): Promise<SpaConfiguration> {
  const response = await fetch('/configuration.json', { cache: 'no-store' });
  const body: unknown = await response.json().catch(() => undefined);
  const result = spaConfigurationSchema.safeParse(body);
  if (result.success) return result.data;
  const members = new Set(result.error.issues.map(({ path }) => path.join('.') || 'the whole document'));
  throw new ConfigurationUnusable(
    `/configuration.json is missing or not usable. Check: ${[...members].join(', ')}.`,
  );
}
