import { expect, test } from 'vitest';
import { z } from 'zod';
import { mismatchesOf } from './compare-schemas.ts';

const contractOf = (schema: z.ZodType) => ({ schema: z.toJSONSchema(schema), schemas: {} });
const note = z.object({ id: z.uuid(), kind: z.enum(['memo', 'task']), tags: z.array(z.string().nullable()) });

test.each([
  ['a member that is missing', note.omit({ id: true }), ['.id: is not always sent']],
  ['a member that may be missing', note.partial({ id: true }), ['.id: is not always sent']],
  ['another type', note.extend({ id: z.int() }), ['.id: integer is sent, string is accepted']],
  ['another format', note.extend({ id: z.string() }), ['.id: any text is sent, uuid is accepted']],
  [
    'another value',
    note.extend({ kind: z.enum(['memo', 'list']) }),
    ['.kind: memo,list is sent, memo,task is accepted'],
  ],
  ['any value', note.extend({ kind: z.string() }), ['.kind: any value is sent, memo,task is accepted']],
  ['null', note.nullable(), [': null is sent, object is accepted']],
  [
    'another item',
    note.extend({ tags: z.array(z.number()) }),
    ['.tags[]: number is sent, string is accepted'],
  ],
])('a reader that does not expect %s is found', (_what, sent, mismatches) => {
  expect(mismatchesOf(contractOf(sent), contractOf(note))).toEqual(mismatches);
});

test.each([
  ['a further member', note.extend({ more: z.string() })],
  ['fewer values', note.extend({ kind: z.literal('memo') })],
  ['fewer types', note.extend({ tags: z.array(z.string()) })],
])('a reader that gets %s does not mind', (_what, sent) => {
  expect(mismatchesOf(contractOf(sent), contractOf(note))).toEqual([]);
});
