import { expect, onTestFinished, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';
import { measureSpan, recordCacheHit, type SpanFacts } from '../../src/observability/request-context.ts';
import { Problem, problems } from '../../src/problems/problem.ts';
import { startSampleService } from '../../testing/sample-service.ts';

const respond = (status: number, facts: SpanFacts = {}) =>
  measureSpan('step', async (noted) => {
    Object.assign(noted, { status, facts });
  });
const fail = (error: Error) => measureSpan('step', () => Promise.reject(error)).catch(() => undefined);

test.each([
  { step: 'succeeds', work: () => respond(200), failure: undefined },
  { step: 'is a cache hit', work: async () => recordCacheHit('step', 'cache'), failure: undefined },
  { step: 'gets a 4xx', work: () => respond(404), failure: '404' },
  {
    step: 'fails with a problem',
    work: () => fail(new Problem(problems.invalid_token)),
    failure: 'invalid_token',
  },
  { step: 'gets no response', work: () => fail(new CallFailed('unreachable')), failure: 'unreachable' },
  { step: 'fails unexpectedly', work: () => fail(new TypeError('x')), failure: 'error' },
  {
    step: 'succeeds when repeated',
    work: () => respond(401).then(() => respond(200)),
    failure: undefined,
  },
  { step: 'fails when repeated', work: () => respond(200).then(() => respond(401)), failure: '401' },
])('Server-Timing says whether a step failed: one that $step', async ({ work, failure }) => {
  const service = await startSampleService({ work });
  onTestFinished(() => service.close());
  const { headers } = await fetch(`${service.url}/work`);
  const step = headers
    .get('server-timing')
    ?.split(', ')
    .find((entry) => entry.startsWith('step;'));
  expect(step).toMatch(/^step;dur=\d/);
  expect(/failure="([^"]*)"/.exec(step ?? '')?.[1]).toBe(failure);
});

/** Serves one request that does this work, and returns its entry for the span `step`. */
async function entryAfter(work: () => Promise<unknown>): Promise<string> {
  const service = await startSampleService({ work });
  onTestFinished(() => service.close());
  const { headers } = await fetch(`${service.url}/work`);
  return /step;(?:[^,"]|"(?:[^"\\]|\\.)*")*/.exec(headers.get('server-timing') ?? '')?.[0] ?? '';
}

test('Server-Timing says when a span started, so that parallel spans can be told from sequential ones', async () => {
  const startOf = (entry: string) => Number(/;start="([\d.]+)"/.exec(entry)?.[1]);
  const durationOf = (entry: string) => Number(/;dur=([\d.]+)/.exec(entry)?.[1]);
  let before = 0;
  const entry = await entryAfter(async () => {
    await measureSpan('before', async () => {
      const started = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      before = performance.now() - started;
    });
    await respond(200);
  });
  // Each value is rounded to a tenth of a millisecond.
  expect(startOf(entry)).toBeGreaterThanOrEqual(before - 0.1);
  expect(durationOf(entry)).toBeGreaterThanOrEqual(0);
});

test('Server-Timing states facts about a span, also about one that failed, and the last of each counts', async () => {
  const entry = await entryAfter(async () => {
    await respond(200, { audience: 'https://graph.microsoft.com', scope: 'User.Read', age: '0' });
    await respond(403, { age: '12', renewal: undefined });
  });
  expect(entry).toMatch(/;audience="https:\/\/graph\.microsoft\.com";scope="User\.Read";age="12"/);
  expect(entry).toContain(';failure="403"');
  expect(entry).not.toContain('renewal');
});

test.each([
  { fact: 'a"b\\c', written: '"a\\"b\\\\c"' },
  { fact: 'a\r\nSet-Cookie: b=c', written: '"a??Set-Cookie: b=c"' },
  { fact: 'Łukasz', written: '"?ukasz"' },
  { fact: 'x'.repeat(10_000), written: `"${'x'.repeat(200)}"` },
])(
  'Server-Timing quotes facts, so that none ends the header or grows it: $written',
  async ({ fact, written }) => {
    const entry = await entryAfter(async () => {
      await respond(200, { fact });
    });
    expect(entry).toContain(`;fact=${written}`);
  },
);
