import { expect, test } from 'vitest';
import { formatTable } from '../src/terminal/table.ts';

test('aligns columns, without spaces at the end', () => {
  expect(
    formatTable(
      ['ID', 'NOTE'],
      [
        ['1', 'a'],
        ['12345', ''],
      ],
    ),
  ).toBe('ID     NOTE\n1      a\n12345');
});

test.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a [2Jb'],
  ['an escape sequence of one character', 'a\u009b1mb', 'a 1mb'],
  ['a line break', 'a\r\nb', 'a b'],
  ['a change of direction', 'a\u202eb', 'a b'],
  ['emoji and accents as they are', 'é 👩‍👧', 'é 👩‍👧'],
])('shows %s', (_what, text, shown) => {
  expect(formatTable(['NOTE'], [[text]])).toBe(`NOTE\n${shown}`);
});
