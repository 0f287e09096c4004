import { expect, onTestFinished, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';
import { measureSpan, recordCacheHit } from '../../src/observability/spans.ts';
import { Problem, problems } from '../../src/problems/problem.ts';
import { startSampleService } from '../../testing/sample-service.ts';

const respond = (status: number) => measureSpan('step', async () => status, { describe: () => ({ status }) });
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
