import type { AppKey } from './description.ts';
import { type Environment, type EnvironmentParameters, environments } from './environment.ts';
import { environmentFilesIn, readKnownSecret, writeEnvironmentFiles } from './environment-files.ts';
import { type Change, registerApps } from './register-apps.ts';

export interface RegisterOptions
  extends Pick<EnvironmentParameters, 'authority' | 'authorityMetadata' | 'graphBaseUrl' | 'urls'> {
  getToken: () => Promise<string>;
  /** Where the environment files are, and are written. */
  environmentDirectory: string;
}

export interface RegisterResult {
  changes: readonly Change[];
  environments: Readonly<Record<AppKey, Environment>>;
  /** Environment files that were written, because they were not as they should be. */
  written: readonly string[];
}

/**
 * Registers the apps and writes the environment file of each. Run again, it does neither.
 *
 * @throws {GraphRequestError}
 * @throws {ForeignAppError}
 */
export async function register(options: RegisterOptions): Promise<RegisterResult> {
  const { environmentDirectory, getToken, graphBaseUrl, urls } = options;
  const files = environmentFilesIn(environmentDirectory);
  const knownSecret = await readKnownSecret(files);
  const registration = await registerApps({ graphBaseUrl, getToken, spaUrl: urls.spa, knownSecret });
  const all = environments({ ...options, ...registration });
  return {
    changes: registration.changes,
    environments: all,
    written: await writeEnvironmentFiles(files, all),
  };
}
