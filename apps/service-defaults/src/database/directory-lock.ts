import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../configuration/index.ts';

/** A directory that no other process may use. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Locks a directory, because PGlite does not notice a second process and both would corrupt the files. The lock of a
 * process that no longer runs does not count.
 *
 * @throws {ConfigurationError} if another process uses the directory, or it cannot be written.
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
        `DATA_DIRECTORY: process ${owner} already uses it. Stop that process, or set DATABASE_URL to share a database. If it is not an instance of this API, delete ${path}.`,
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
