import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { ClientSecret } from './client-secret.ts';
import { type AppKey, appKeys } from './description.ts';
import type { Environment } from './environment.ts';

/** Where each app's environment file is. */
export type EnvironmentFiles = Readonly<Record<AppKey, string>>;

/** The files that `start` uses, in one directory. */
export function environmentFilesIn(directory: string): EnvironmentFiles {
  return {
    spa: `${directory}/spa.env`,
    middleTierApi: `${directory}/middle-tier-api.env`,
    downstreamApi: `${directory}/downstream-api.env`,
  };
}

const bare = /^[\w.:/@+~-]+$/;

/**
 * Writes variables as Node's `--env-file` and Vite read them. What is more than a word stands in single quotes:
 * both take that literally.
 *
 * @throws {Error} when a value holds a single quote or a line break, which the format cannot carry.
 */
export function renderEnvironment(environment: Environment): string {
  const lines = Object.entries(environment).map(([name, value]) => {
    if (bare.test(value)) return `${name}=${value}`;
    if (/['\r\n]/.test(value)) throw new Error(`${name} cannot be written to an environment file.`);
    return `${name}='${value}'`;
  });
  return ['# Written by app-registration: changes are overwritten by its next run.', ...lines, ''].join('\n');
}

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
    await mkdir(dirname(files[key]), { recursive: true });
    await writeFile(`${files[key]}.new`, content, { mode: 0o600 });
    await rename(`${files[key]}.new`, files[key]);
    written.push(files[key]);
  }
  return written;
}

const secretSchema = z
  .object({ CLIENT_SECRET: z.string().min(1), CLIENT_SECRET_KEY_ID: z.guid() })
  .transform((values) => ({ secretText: values.CLIENT_SECRET, keyId: values.CLIENT_SECRET_KEY_ID }));

/** The client secret that an earlier run wrote down, or null. */
export async function readKnownSecret(files: EnvironmentFiles): Promise<ClientSecret | null> {
  const content = await readIfThere(files.middleTierApi);
  const secret = secretSchema.safeParse(content === null ? {} : parseEnv(content));
  return secret.success ? secret.data : null;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
