import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { freePorts, start, stopAll } from './start-process.ts';

afterEach(stopAll);

test('a second start in the same folder stops before it writes anything; a lock of an ended process does not count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'locked '));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lock = join(folder, 'start.lock');
  // This process runs: it stands for the first start.
  await writeFile(lock, String(process.pid));
  const second = start({ ...(await freePorts()), DATA_DIRECTORY: folder });
  expect(await second.exitCode).toBe(1);
  expect(second.output()).toContain(`Another \`start\` (process ${process.pid}) uses ${folder}.`);
  expect(second.output()).not.toContain('starting');
  expect(await readdir(folder)).toEqual(['start.lock']);
  expect(await readFile(lock, 'utf8')).toBe(String(process.pid));

  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  await writeFile(lock, String(ended.pid));
  const third = start({ ...(await freePorts()), DATA_DIRECTORY: folder });
  await third.prints(/local-tenant: starting/);
  expect(await third.stop('SIGTERM')).toBe(0);
  expect(await readdir(folder)).not.toContain('start.lock');
});
