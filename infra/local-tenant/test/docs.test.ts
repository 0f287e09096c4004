import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const docs = resolve(import.meta.dirname, '../docs');
const read = (file: string) => readFileSync(join(docs, file), 'utf8');

test('the example in README.md runs, and prints what its comment says', async () => {
  const [, code = ''] = /```js\n([\s\S]+?)```/.exec(read('../README.md')) ?? [];
  const [, expected = ''] = /console\.log\(.*\); \/\/ (.+)/.exec(code) ?? [];
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: resolve(docs, '..'),
  });
  expect(stdout.trim()).toBe(expected);
  expect(expected).not.toBe('');
});

describe('docs/reference.md', () => {
  const page = read('reference.md');
  const rows = page.split('\n').filter((line) => /^\| .+\.(test|spec)\.ts\)/.test(line));

  test('names a test in each row about what the tenant does and does not do', () => {
    const [, tables = ''] =
      /\n## What it was checked against\n([\s\S]+)\n## Where it differs/.exec(page) ?? [];
    const all = tables.split('\n').filter((line) => /^\| (?!---)/.test(line));
    const headings = all.filter((line) => line.endsWith(' test |'));
    expect(rows.length).toBeGreaterThan(40);
    expect(all.length - headings.length).toBe(rows.length);
  });

  test.each(rows)('names a test that exists: %s', (row) => {
    const [, file = '', title = ''] = /\]\(([^)]+\.ts)\): "([^"]+)" \|$/.exec(row) ?? [];
    expect(title).not.toBe('');
    expect(read(file)).toContain(title);
  });
});
