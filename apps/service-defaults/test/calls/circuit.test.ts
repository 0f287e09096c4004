import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';
import { createCircuit } from '../../src/calls/circuit.ts';
import { createHttpClient, type HttpClient } from '../../src/calls/http-client.ts';
import { startUpstream } from './upstream.ts';

const works: RequestListener = (_request, response) => void response.end('{}');
const answering =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end();
const resets: RequestListener = (request) => void request.socket.resetAndDestroy();
const hangs: RequestListener = () => {};

/** Makes a call that must not be retried, and returns its status or the reason of its failure. */
const outcomeOf = (client: HttpClient, userKey?: string): Promise<string> =>
  client.call({ url: '/', method: 'POST' }, userKey).then(
    ({ status }) => String(status),
    (failure: { reason: string }) => failure.reason,
  );

async function callTimes(client: HttpClient, times: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let call = 0; call < times; call += 1) outcomes.push(await outcomeOf(client));
  return outcomes;
}

const pauseIsOver = (client: HttpClient) =>
  expect.poll(client.state, { interval: 5, timeout: 10_000 }).not.toBe('circuit_open');

describe('a target that keeps failing', () => {
  test.each([
    ['500', answering(500), 'failing', 5_000],
    ['503', answering(503), 'failing', 5_000],
    ['resets', resets, 'unreachable', 5_000],
    ['silence', hangs, 'timed_out', 20],
  ])('with %s is no longer called, and is reported as down', async (_title, listener, reason, deadline) => {
    const upstream = await startUpstream(listener);
    const client = createHttpClient({ baseUrl: upstream.url, deadline, circuitPause: 60_000 });
    expect(client.state()).toBe('unknown');
    expect(await callTimes(client, 9)).toEqual(Array.from({ length: 9 }, () => reason));
    expect(client.state()).toBe('failing');
    expect(await callTimes(client, 3)).toEqual([reason, 'circuit_open', 'circuit_open']);
    expect(client.state()).toBe('circuit_open');
    const failure: unknown = await client.call({ url: '/' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'circuit_open', retryAfter: 60 });
    expect(upstream.received()).toBe(10);
  });

  test('gets one trial call after the pause, and none after it if that fails', async () => {
    const upstream = await startUpstream(answering(500));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000, circuitPause: 300 });
    await callTimes(client, 10);
    await pauseIsOver(client);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(client)));
    expect(outcomes.filter((outcome) => outcome === 'failing')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'circuit_open')).toHaveLength(19);
    expect(upstream.received()).toBe(11);
  });

  test('serves all callers after the pause if it works again', async () => {
    const upstream = await startUpstream(answering(500));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000, circuitPause: 50 });
    await callTimes(client, 10);
    upstream.behave(works);
    await pauseIsOver(client);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(client)));
    expect(new Set(outcomes)).toEqual(new Set(['200']));
    expect(client.state()).toBe('answering');
  });

  test('makes no caller wait for the trial call longer than a deadline', async () => {
    const upstream = await startUpstream(answering(500));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 200, circuitPause: 50 });
    await callTimes(client, 10);
    upstream.behave(hangs);
    await pauseIsOver(client);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(client)));
    for (const outcome of outcomes) expect(['timed_out', 'circuit_open']).toContain(outcome);
    expect(upstream.received()).toBe(11);
  });
});

describe('a target that answers', () => {
  test.each([400, 401, 403, 404, 409, 422, 429, 302])(
    'with %i, however often, is still called',
    async (status) => {
      const upstream = await startUpstream(answering(status));
      const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
      expect(await callTimes(client, 30)).not.toContain('circuit_open');
      expect(upstream.received()).toBe(30);
      expect(client.state()).toBe('answering');
    },
  );

  test.each([500, 503])('one user with %i, however often, is still called for all users', async (status) => {
    const upstream = await startUpstream(answering(status));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
    for (let call = 0; call < 30; call += 1) expect(await outcomeOf(client, 'ada')).toBe('failing');
    upstream.behave(works);
    expect(await outcomeOf(client, 'grace')).toBe('200');
    expect(upstream.received()).toBe(31);
  });

  const failures = [
    ['5xx', new CallFailed('failing', { status: 500 })],
    ['broken connections', new CallFailed('unreachable')],
    ['timeouts', new CallFailed('timed_out')],
  ] as const;
  const answeredBefore = [...Array(22).keys()];

  describe.each(failures)('one user with %s', (_title, failure) => {
    const { signal } = new AbortController();
    const succeed = async () => 'answered';
    const fail = () => Promise.reject(failure);

    test.each(answeredBefore)('after %i answered calls is still called for all users', async (answered) => {
      const circuit = createCircuit();
      for (let call = 0; call < answered; call += 1) await circuit.run(succeed, signal, 'grace');
      for (let call = 0; call < 25; call += 1)
        await expect(circuit.run(fail, signal, 'ada')).rejects.toBe(failure);
      await expect(circuit.run(succeed, signal, 'grace')).resolves.toBe('answered');
    });

    test('and one failure for another user is still called', async () => {
      const circuit = createCircuit();
      for (const userKey of ['grace', 'grace', 'grace', 'grace', 'grace'])
        await circuit.run(succeed, signal, userKey);
      for (let call = 0; call < 25; call += 1)
        await expect(circuit.run(fail, signal, 'ada')).rejects.toBe(failure);
      await circuit.run(succeed, signal, 'grace');
      await expect(circuit.run(fail, signal, 'grace')).rejects.toBe(failure);
      await expect(circuit.run(succeed, signal, 'grace')).resolves.toBe('answered');
    });
  });

  test('others again, after a failure, is called although one user still gets 500', async () => {
    const upstream = await startUpstream(answering(500));
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000, circuitPause: 50 });
    await callTimes(client, 10);
    for (const _trial of ['opens again', 'closes']) {
      await pauseIsOver(client);
      expect(await outcomeOf(client, 'ada')).toBe('failing');
    }
    upstream.behave(works);
    expect(await outcomeOf(client, 'grace')).toBe('200');
  });

  test.each([
    ['500', answering(500)],
    ['reset connections', resets],
  ])('several users with %s is no longer called', async (_title, listener) => {
    const upstream = await startUpstream(listener);
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000, circuitPause: 60_000 });
    for (let call = 0; call < 10; call += 1) await outcomeOf(client, call % 2 ? 'ada' : 'grace');
    expect(await outcomeOf(client, 'edith')).toBe('circuit_open');
  });

  test('one user with 500 and others with 200 is still called', async () => {
    const upstream = await startUpstream((request, response) =>
      (upstream.received() % 2 === 0 ? answering(500) : works)(request, response),
    );
    const client = createHttpClient({ baseUrl: upstream.url, deadline: 5_000 });
    expect(await callTimes(client, 40)).not.toContain('circuit_open');
  });
});
