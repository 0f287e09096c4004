import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './configuration.ts';

/**
 * Locks the folder for all state until this process exits, so that a second `start` does not change files that the
 * first one uses. The lock of a process that no longer runs does not count.
 *
 * @throws {StartError} when another `start` uses the folder.
 */
export function lockDataDirectory(directory: string): void {
  const lock = join(directory, 'start.lock');
  mkdirSync(directory, { recursive: true });
  if (!create(lock)) {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (isRunning(owner)) {
      throw new StartError(
        `Another \`start\` (process ${owner}) uses ${directory}. Stop it, or choose another folder: DATA_DIRECTORY=<folder>. If that process is something else, delete ${lock}.`,
      );
    }
    writeFileSync(lock, String(process.pid));
  }
  process.once('exit', () => rmSync(lock, { force: true }));
}

/** Creates the file with this process's ID, unless it exists. */
function create(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
