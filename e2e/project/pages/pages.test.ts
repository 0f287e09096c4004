import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fillIn } from './fill-in.ts';
import { files } from './pages.ts';

const root = new URL('../../../', import.meta.url);

test.each(Object.entries(files))('%s says what the code says', async (path, write) => {
  const current = await readFile(new URL(path, root), 'utf8');
  expect(write(current), 'write it again: npx -y pnpm@12 run doc-tables').toBe(current);
});

const markers = '<!-- begin a -->\nold\n<!-- end -->\nbetween\n<!-- begin b -->\n<!-- end -->';

test.each([
  ['stands for nothing', { a: '1' }, /a marker 'b' that stands for nothing/],
  ['is missing', { a: '1', b: '2', c: '3' }, /no marker for c/],
])('a marker that %s is not passed over', (_what, texts, message) => {
  expect(() => fillIn(markers, texts)).toThrow(message);
});

test('what is between the markers stays', () => {
  expect(fillIn(markers, { a: '1', b: '2' })).toContain('<!-- end -->\nbetween\n<!-- begin b -->');
});
