import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, posix, win32 } from 'node:path';
import type { ICachePlugin } from '@azure/msal-node';
import { z } from 'zod';
import { CommandFailed, exitCodes } from '../exit-codes.ts';

const folder = 'entra-on-behalf-of';

/**
 * Returns the file that keeps the user's tokens, in the folder where the platform keeps users' configuration. Each
 * registration has its own.
 *
 * Source: XDG Base Directory Specification; "Recognized environment variables" (Windows); "File System Basics" (macOS).
 */
export function tokenFileOf(
  clientId: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  // The specification says to ignore a relative path.
  const given = (path: string | undefined) => (path && isAbsolute(path) ? path : undefined);
  const parent =
    platform === 'win32'
      ? (given(env.LOCALAPPDATA) ?? join(home, 'AppData', 'Local'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : (given(env.XDG_CONFIG_HOME) ?? join(home, '.config'));
  return join(parent, folder, `tokens-${clientId}.json`);
}

const entries = z.record(z.string(), z.looseObject({}));

/** What MSAL writes: entries by kind and key. */
const cacheSchema = z.looseObject({
  Account: entries.optional(),
  AccessToken: entries.optional(),
  RefreshToken: entries.optional(),
  IdToken: entries.optional(),
  AppMetadata: entries.optional(),
});

/**
 * Keeps MSAL's cache in a file that only its owner can read. A file that is not MSAL's is put aside, and the user is
 * signed out.
 *
 * @param notify Prints a line for the user.
 */
export function createTokenFile(file: string, notify: (line: string) => void): ICachePlugin {
  return {
    async beforeCacheAccess({ tokenCache }) {
      const text = await readIfExists(file);
      if (text === null) return;
      if (isCache(text)) {
        tokenCache.deserialize(text);
        return;
      }
      const aside = `${file}.unreadable`;
      await rename(file, aside);
      notify(`The file with your tokens could not be read, so you are signed out. It is kept as ${aside}`);
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (cacheHasChanged) await writePrivateFile(file, tokenCache.serialize());
    },
  };
}

/** Removes the file with the user's tokens, if there is one. */
export const removeTokenFile = (file: string): Promise<void> => rm(file, { force: true });

function isCache(text: string): boolean {
  try {
    return cacheSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw fileFailed(file, 'read', error);
  }
}

/** Writes to another file first, so that the file is whole at every moment, also if the process is killed. */
async function writePrivateFile(file: string, content: string): Promise<void> {
  const written = `${file}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(written, content, { mode: 0o600, flag: 'wx' });
    await rename(written, file);
  } catch (error) {
    await rm(written, { force: true });
    throw fileFailed(file, 'written', error);
  }
}

const fileFailed = (file: string, done: 'read' | 'written', cause: unknown): CommandFailed =>
  new CommandFailed(
    exitCodes.failed,
    {
      code: 'token_file',
      title: `The file with your tokens could not be ${done}`,
      detail: `${file}: ${codeOf(cause) ?? 'unknown error'}. Make it, and its folder, readable and writable for you, and only for you.`,
    },
    { cause },
  );

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
