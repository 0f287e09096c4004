import { expect, test } from 'vitest';
import { parseServerTiming } from './server-timing.ts';

const span = { duration: null, source: null, failure: null };

test('reads the spans of a header, in its order', () => {
  expect(parseServerTiming('graph_token;dur=41.2;desc="identity_provider", total;dur=80')).toEqual([
    { ...span, name: 'graph_token', duration: 41.2, source: 'identity_provider' },
    { ...span, name: 'total', duration: 80 },
  ]);
});

test.each([
  [null, []],
  ['', []],
  ['cache', [{ ...span, name: 'cache' }]],
  ['a;dur=soon', [{ ...span, name: 'a' }]],
  ['a;desc="one, two; three"', [{ ...span, name: 'a', source: 'one, two; three' }]],
  ['a;dur=1;failure="404"', [{ ...span, name: 'a', duration: 1, failure: '404' }]],
])('reads %j', (header, spans) => {
  expect(parseServerTiming(header)).toEqual(spans);
});
