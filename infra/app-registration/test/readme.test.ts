import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runTenant } from '../testing/running-tenant.ts';

const directory = resolve(import.meta.dirname, '..');

test('the example in README.md runs, and prints what its comment says', async () => {
  await using running = await runTenant();
  const [, code = ''] = /```js\n([\s\S]+?)```/.exec(readFileSync(`${directory}/README.md`, 'utf8')) ?? [];
  const [, expected = ''] = /console\.log\(.*\); \/\/ (.+)/.exec(code) ?? [];
  const here = code
    .replace('http://localhost:4400', running.baseUrl)
    .replace('.data/env', running.environmentDirectory);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', here], {
    cwd: directory,
  });
  expect(stdout.trim()).toBe(expected);
  expect(expected).not.toBe('');
});
