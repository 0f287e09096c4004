import { expect, test } from 'vitest';
import { parseServerTiming } from './server-timing.ts';

const span = {
  duration: null,
  start: null,
  source: null,
  failure: null,
  audience: null,
  scope: null,
  age: null,
  renewal: null,
};

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
  ['a;start="1.5"', [{ ...span, name: 'a', start: 1.5 }]],
  [
    'a;audience="https://graph.microsoft.com";scope="User.Read User.ReadBasic.All";age="12";renewal="background"',
    [
      {
        ...span,
        name: 'a',
        audience: 'https://graph.microsoft.com',
        scope: 'User.Read User.ReadBasic.All',
        age: 12,
        renewal: 'background',
      },
    ],
  ],
  ['a;scope="say \\"hi\\\\"', [{ ...span, name: 'a', scope: 'say "hi\\' }]],
  ['a;dur=1;failure="404"', [{ ...span, name: 'a', duration: 1, failure: '404' }]],
])('reads %j', (header, spans) => {
  expect(parseServerTiming(header)).toEqual(spans);
});
