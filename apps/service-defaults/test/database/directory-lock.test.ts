import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@obo/service-defaults/configuration';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { lockDirectory } from '../../src/database/directory-lock.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'data-'));
  path = join(directory, 'process.lock');
  onTestFinished(() => rm(directory, { recursive: true }));
});

/** Returns the ID of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('a directory is created and locked until it is released', async () => {
  const lock = await lockDirectory(join(directory, 'new', 'data'));
  const created = join(directory, 'new', 'data', 'process.lock');
  expect(await readFile(created, 'utf8')).toBe(String(process.pid));
  await lock.release();
  expect(existsSync(created)).toBe(false);
  await lock.release();
});

test('a directory that another process uses is not locked, and the message names that process', async () => {
  await writeFile(path, String(process.ppid));
  const locking = lockDirectory(directory);
  await expect(locking).rejects.toThrow(ConfigurationError);
  await expect(locking).rejects.toThrow(`DATA_DIRECTORY: process ${process.ppid} already uses it`);
  expect(await readFile(path, 'utf8')).toBe(String(process.ppid));
});

test.each<[string, () => string | Promise<string>]>([
  ['of a process that has ended', async () => String(await endedProcess())],
  ['of this process, which a container gives the same ID at each start', () => String(process.pid)],
  ['that is empty', () => ''],
  ['that is no number', () => 'x'],
  ['of the process 0, which stands for a group', () => '0'],
  ['of a negative number, which stands for a group', () => '-1'],
  ['of half a process', () => `${process.ppid}.5`],
])('a lock %s does not count', async (_title, content) => {
  await writeFile(path, await content());
  await lockDirectory(directory);
  expect(await readFile(path, 'utf8')).toBe(String(process.pid));
});

test('a directory that cannot be written is reported with the name of the variable', async () => {
  await writeFile(path, '');
  const locking = lockDirectory(join(path, 'data'));
  await expect(locking).rejects.toThrow(ConfigurationError);
  await expect(locking).rejects.toThrow(/^DATA_DIRECTORY: .* cannot be written \(ENOTDIR\)\.$/);
});

test('a directory that a process of another user uses is not locked', async () => {
  await writeFile(path, '1');
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('x'), { code: 'EPERM', syscall: 'kill' });
  });
  onTestFinished(() => kill.mockRestore());
  await expect(lockDirectory(directory)).rejects.toThrow('DATA_DIRECTORY: process 1 already uses it');
});
