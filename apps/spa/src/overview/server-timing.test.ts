import { expect, test } from 'vitest';
import { parseServerTiming } from './server-timing.ts';

test('reads the spans of a header, in its order', () => {
  expect(parseServerTiming('graph_token;dur=41.2;desc="identity_provider", total;dur=80')).toEqual([
    { name: 'graph_token', duration: 41.2, source: 'identity_provider' },
    { name: 'total', duration: 80, source: null },
  ]);
});

test.each([
  [null, []],
  ['', []],
  ['cache', [{ name: 'cache', duration: null, source: null }]],
  ['a;dur=soon', [{ name: 'a', duration: null, source: null }]],
  ['a;desc="one, two; three"', [{ name: 'a', duration: null, source: 'one, two; three' }]],
])('reads %j', (header, spans) => {
  expect(parseServerTiming(header)).toEqual(spans);
});
