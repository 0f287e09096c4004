import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@obo/service-defaults/configuration';

/** A directory that is this process's alone. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Makes sure that no other process uses a directory: PGlite does not notice a second one, and both would spoil the
 * files. What a killed process left behind does not count.
 *
 * @throws {ConfigurationError} when another process uses it, or it cannot be written.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'process.lock');
  try {
    await mkdir(directory, { recursive: true });
    await claim(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ConfigurationError(`DATA_DIRECTORY: ${directory} cannot be written (${error.code}).`);
  }
  return { release: () => rm(path, { force: true }) };
}

async function claim(path: string): Promise<void> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
    const owner = Number(await readFile(path, 'utf8'));
    if (owner !== process.pid && isRunning(owner)) {
      throw new ConfigurationError(
        `DATA_DIRECTORY: process ${owner} uses it already. Stop that one, or set DATABASE_URL to share a database. If it is no instance of this API, delete ${path}.`,
      );
    }
    await writeFile(path, String(process.pid));
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM';
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
