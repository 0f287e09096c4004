import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { blocks } from '../../src/portal/blocks.ts';
import { fillIn } from '../../src/portal/page.ts';

test('the page for those who register by hand says what the description says', async () => {
  const page = await readFile(
    new URL('../../../../docs/how-to/register-in-the-portal.md', import.meta.url),
    'utf8',
  );
  expect(fillIn(page, blocks()), 'write it anew: npx -y pnpm@12 run portal-tables').toBe(page);
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
