import { rm } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { ClientSecret } from '../credential/client-secret.ts';
import { type AppKey, appKeys } from '../description.ts';
import type { Environment } from './environment.ts';
import { readIfThere, writePrivateFile } from './private-file.ts';

/** Where each app's environment file is. */
export type EnvironmentFiles = Readonly<Record<AppKey, string>>;

/** The files that `start` uses, in one directory, and the middle tier's key pair if it has one. */
export function environmentFilesIn(directory: string): EnvironmentFiles {
  return {
    spa: `${directory}/spa.env`,
    middleTierApi: `${directory}/middle-tier-api.env`,
    downstreamApi: `${directory}/downstream-api.env`,
  };
}

/** The middle tier's key pair, in the same directory. */
export const certificateFileIn = (directory: string): string => `${directory}/middle-tier-api.pem`;

const heading = '# Written by app-registration: changes are overwritten by its next run.';
const bare = /^[\w.:/@+~-]+$/;

/**
 * Writes variables as Node's `--env-file` and Vite read them, under a heading that says whose the file is.
 *
 * @throws {Error} when a value holds a single quote or a line break, which the format cannot carry.
 */
export const renderEnvironment = (environment: Environment): string =>
  [heading, ...linesOf(environment), ''].join('\n');

/**
 * The lines of such a file. What is more than a word stands in single quotes: Node and Vite take that literally.
 *
 * @throws {Error} when a value holds a single quote or a line break, which the format cannot carry.
 */
export const linesOf = (environment: Environment): string[] =>
  Object.entries(environment).map(([name, value]) => {
    if (bare.test(value)) return `${name}=${value}`;
    if (/['\r\n]/.test(value)) throw new Error(`${name} cannot be written to an environment file.`);
    return `${name}='${value}'`;
  });

/**
 * Writes the files that are not as they should be, whole and readable by their owner only.
 *
 * @returns The paths that were written.
 */
export async function writeEnvironmentFiles(
  files: EnvironmentFiles,
  environments: Readonly<Record<AppKey, Environment>>,
): Promise<string[]> {
  const written: string[] = [];
  for (const key of appKeys) {
    const content = renderEnvironment(environments[key]);
    if ((await readIfThere(files[key])) === content) continue;
    await writePrivateFile(files[key], content);
    written.push(files[key]);
  }
  return written;
}

/** Whether it is the ID of a client secret, which is easily taken for its value: no secret is a GUID. */
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

/** The client secret that an earlier run wrote down, or null. One that can be none is not known. */
export async function readKnownSecret(files: EnvironmentFiles): Promise<ClientSecret | null> {
  return secretSchema.safeParse(await readEnvironment(files.middleTierApi)).data ?? null;
}

/** The variables of a file; none when there is no file. */
export async function readEnvironment(file: string): Promise<Environment> {
  return z.record(z.string(), z.string()).parse(parseEnv((await readIfThere(file)) ?? ''));
}

/**
 * The files in a directory that this program wrote: environment files with its heading, and the key pair.
 */
export async function ownFilesIn(directory: string): Promise<string[]> {
  const own: string[] = [];
  for (const file of Object.values(environmentFilesIn(directory)))
    if ((await readIfThere(file))?.startsWith(heading)) own.push(file);
  const certificate = certificateFileIn(directory);
  if ((await readIfThere(certificate)) !== null) own.push(certificate);
  return own;
}

export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}
