import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entraErrors } from '../../src/entra/errors/entra-error.ts';

const tests = globSync('test/**/*.test.ts', { cwd: join(import.meta.dirname, '../..') })
  .map((file) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8'))
  .join('\n');

test('every AADSTS number of the tenant is in a test', () => {
  const numbers = Object.keys(entraErrors);
  expect(numbers.length).toBeGreaterThan(90);
  expect(numbers.filter((number) => !new RegExp(`(?<!\\d)${number}(?!\\d)`).test(tests))).toEqual([]);
});

test.each(Object.entries(entraErrors))('AADSTS%s has an OAuth error and a sentence', (_number, row) => {
  expect(row.error).toMatch(/^[a-z_]+$/);
  const sentence = (row.text as (...values: string[]) => string)('a', 'b', 'c', 'd', 'e');
  expect(sentence).toMatch(/^\S.{10,}\S$/s);
  expect(sentence).not.toMatch(/undefined|\[object/);
});
