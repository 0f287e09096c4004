import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the keys with which the middle tier encrypts the tokens that it stores. The first `start` creates them; without
 * the file, nobody can read what was stored with them.
 *
 * @param directory The folder for all state.
 */
export function readTokenCacheKeys(directory: string): string {
  const file = join(directory, 'token-cache-keys');
  try {
    writeFileSync(file, `local:${randomBytes(32).toString('base64')}`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(file, 'utf8');
}
