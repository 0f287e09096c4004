import { rm } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { type AppKey, apps, forEachApp } from '../apps.ts';
import type { ClientSecret } from '../credential/client-secret.ts';
import { defaultNamePrefix } from '../description.ts';
import type { Environment } from './environment.ts';
import { readIfExists, writePrivateFile } from './private-file.ts';

/** Path of each app's environment file. */
export type EnvironmentFiles = Readonly<Record<AppKey, string>>;

/**
 * Returns the default directory of the environment files. The local tenant, a real tenant, and each name prefix have
 * their own.
 *
 * @param dataDirectory Folder in which `start` keeps what belongs to the local tenant. Files of a real tenant outlive it.
 * @returns A path relative to the repository, unless `dataDirectory` is absolute.
 */
export function environmentDirectory(
  tenant: 'local' | 'real',
  namePrefix = defaultNamePrefix,
  dataDirectory = '.data',
): string {
  const directory = tenant === 'local' ? `${dataDirectory}/env` : '.data/tenant';
  return namePrefix === defaultNamePrefix ? directory : `${directory}-${namePrefix}`;
}

/** Returns the paths of the environment files in a directory. */
export const environmentFilesIn = (directory: string): EnvironmentFiles =>
  forEachApp(({ name }) => `${directory}/${name}.env`);

/** Returns the path of an app's certificate and key in the same directory; the middle tier's if omitted. */
export const certificateFileIn = (directory: string, key: AppKey = 'middleTierApi'): string =>
  environmentFilesIn(directory)[key].replace(/env$/, 'pem');

const heading = '# Written by app-registration: changes are overwritten by its next run.';
const bare = /^[\w.:/@+~-]+$/;

/**
 * Renders variables as Node's `--env-file` and Vite read them, under a heading that names their writer.
 *
 * @throws {Error} when a value holds a single quote or a line break, which the format cannot carry.
 */
export const renderEnvironment = (environment: Environment): string =>
  [heading, ...renderLines(environment), ''].join('\n');

/**
 * Renders the lines of such a file. Values other than plain words are put in single quotes, which Node and Vite read
 * literally.
 *
 * @throws {Error} when a value holds a single quote or a line break, which the format cannot carry.
 */
export const renderLines = (environment: Environment): string[] =>
  Object.entries(environment).map(([name, value]) => {
    if (bare.test(value)) return `${name}=${value}`;
    if (/['\r\n]/.test(value)) throw new Error(`${name} cannot be written to an environment file.`);
    return `${name}='${value}'`;
  });

/**
 * Writes the files whose content changed, atomically, and readable only by their owner.
 *
 * @returns The paths of the written files.
 */
export async function writeEnvironmentFiles(
  files: EnvironmentFiles,
  environments: Readonly<Partial<Record<AppKey, Environment>>>,
): Promise<string[]> {
  const written: string[] = [];
  for (const { key } of apps) {
    const environment = environments[key];
    if (environment === undefined || Object.keys(environment).length === 0) continue;
    const content = renderEnvironment(environment);
    if ((await readIfExists(files[key])) === content) continue;
    await writePrivateFile(files[key], content);
    written.push(files[key]);
  }
  return written;
}

/** Checks for the ID of a client secret, which is easily mistaken for its value. No secret is a GUID. */
export const isSecretId = (secret: string): boolean => z.guid().safeParse(secret).success;

const secretSchema = z
  .object({
    CLIENT_SECRET: z
      .string()
      .min(1)
      .refine((secret) => !isSecretId(secret)),
    CLIENT_SECRET_KEY_ID: z.guid(),
  })
  .transform((values) => ({ secretText: values.CLIENT_SECRET, keyId: values.CLIENT_SECRET_KEY_ID }));

/** Reads the client secret of each app that the last run wrote; `null` when there is none, or it cannot be one. */
export async function readKnownSecrets(
  files: EnvironmentFiles,
): Promise<Readonly<Record<AppKey, ClientSecret | null>>> {
  const secrets = forEachApp((): ClientSecret | null => null);
  for (const { key } of apps)
    secrets[key] = secretSchema.safeParse(await readEnvironment(files[key])).data ?? null;
  return secrets;
}

/** Reads the variables in a file; none when there is no file. */
export async function readEnvironment(file: string): Promise<Environment> {
  return z.record(z.string(), z.string()).parse(parseEnv((await readIfExists(file)) ?? ''));
}

/** Lists the files in a directory that `register` wrote: environment files with its heading, and certificates. */
export async function ownFilesIn(directory: string): Promise<string[]> {
  const own: string[] = [];
  for (const file of Object.values(environmentFilesIn(directory)))
    if ((await readIfExists(file))?.startsWith(heading)) own.push(file);
  for (const { key } of apps) {
    const certificate = certificateFileIn(directory, key);
    if ((await readIfExists(certificate)) !== null) own.push(certificate);
  }
  return own;
}

export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}
