import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fillIn } from './fill-in.ts';
import { files } from './pages.ts';

const root = new URL('../../../', import.meta.url);

test.each(Object.entries(files))('%s is up to date', async (path, write) => {
  const current = await readFile(new URL(path, root), 'utf8');
  expect(write(current), 'write it again: npx -y pnpm@12 run doc-tables').toBe(current);
});

const markers = '<!-- begin a -->\nold\n<!-- end -->\nbetween\n<!-- begin b -->\n<!-- end -->';

test.each([
  ['has no block', { a: '1' }, /a marker 'b' without a block/],
  ['is missing', { a: '1', b: '2', c: '3' }, /no marker for c/],
])('a marker that %s is an error', (_what, texts, message) => {
  expect(() => fillIn(markers, texts)).toThrow(message);
});

test('text outside the markers is kept', () => {
  expect(fillIn(markers, { a: '1', b: '2' })).toContain('<!-- end -->\nbetween\n<!-- begin b -->');
});
