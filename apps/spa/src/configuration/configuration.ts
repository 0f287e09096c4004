import { createContext, use } from 'react';
import { type SpaConfiguration, spaConfigurationSchema } from './configuration-schema.ts';

/** `/configuration.json` is missing or does not describe an environment. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/**
 * Fetches the environment's configuration.
 *
 * @throws {InvalidConfiguration} naming the members that are missing or wrong.
 */
export async function loadConfiguration(): Promise<SpaConfiguration> {
  const response = await fetch('/configuration.json', { cache: 'no-store' });
  const body: unknown = await response.json().catch(() => undefined);
  const result = spaConfigurationSchema.safeParse(body);
  if (result.success) return result.data;
  const members = new Set(result.error.issues.map(({ path }) => path.join('.') || 'the whole document'));
  throw new InvalidConfiguration(
    `/configuration.json is missing or invalid. Check: ${[...members].join(', ')}.`,
  );
}

export const ConfigurationContext = createContext<SpaConfiguration | null>(null);

/** Returns the environment's configuration, which `main.tsx` provides. */
export function useConfiguration(): SpaConfiguration {
  const configuration = use(ConfigurationContext);
  if (configuration === null) throw new Error('useConfiguration needs a ConfigurationContext around it');
  return configuration;
}
