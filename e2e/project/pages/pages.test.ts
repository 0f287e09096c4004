import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fillIn } from './fill-in.ts';
import { pages } from './pages.ts';

const root = new URL('../../../', import.meta.url);

test.each(Object.entries(pages))('%s says what the code says', async (path, blocks) => {
  const page = await readFile(new URL(path, root), 'utf8');
  expect(fillIn(page, blocks()), 'write it anew: npx -y pnpm@12 run doc-tables').toBe(page);
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
