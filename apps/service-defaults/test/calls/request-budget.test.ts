import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { CallFailed } from '../../src/calls/call-failed.ts';
import { createHttpClient, type HttpClient } from '../../src/calls/http-client.ts';
import { observeRequests } from '../../src/observability/observe-requests.ts';
import { errorHandler } from '../../src/server/error-handler.ts';
import { listen } from '../../src/server/listen.ts';
import { createTestLogger } from '../../testing/logger.ts';
import { startUpstream } from './upstream.ts';

/** Starts a service that does the work for each request within the budget, and returns the result. */
async function serve(budget: number, work: () => Promise<unknown>) {
  const logs: string[] = [];
  const app = express();
  app.use(observeRequests(createTestLogger('test', logs), { budget }));
  app.get('/', async (_request, response) => void response.json(await work()));
  app.use(errorHandler);
  const { url, close } = await listen(app, { host: 'localhost', port: 0 });
  onTestFinished(() => close());
  return { url, logs, ask: async () => (await fetch(url)).json() };
}

const reasonOf = (client: HttpClient, path = '/') =>
  client.call({ url: path }).then(
    () => 'answered',
    (error: unknown) => (error instanceof CallFailed ? error.reason : 'other'),
  );

test('consecutive calls share the time of the request, and none starts after it', async () => {
  const upstream = await startUpstream(() => {});
  const client = createHttpClient({ baseUrl: upstream.url, deadline: 300 });
  const service = await serve(450, async () => {
    const reasons: string[] = [];
    for (let call = 0; call < 5; call += 1) reasons.push(await reasonOf(client));
    return reasons;
  });
  expect(await service.ask()).toEqual(Array.from({ length: 5 }, () => 'timed_out'));
  expect(upstream.received()).toBe(2);
});

test('a timeout before the deadline of the call does not count against the service', async () => {
  const upstream = await startUpstream(() => {});
  const client = createHttpClient({ baseUrl: upstream.url, deadline: 10_000 });
  const service = await serve(30, () => reasonOf(client));
  const answers = await Promise.all(Array.from({ length: 20 }, service.ask));
  expect(new Set(answers)).toEqual(new Set(['timed_out']));
  expect(client.state()).toBe('unknown');
});

test('no call is retried without time for a complete one', async () => {
  const upstream = await startUpstream((_request, response) => void response.writeHead(503).end());
  const client = createHttpClient({ baseUrl: upstream.url, deadline: 2_000 });
  const service = await serve(1_000, () => reasonOf(client));
  expect(await service.ask()).toBe('failing');
  expect(upstream.received()).toBe(1);
});

test('a caller that goes away cancels its calls, and is not logged as an error', async () => {
  const reached = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const upstream = await startUpstream((request) => {
    request.socket.once('close', closed.resolve);
    reached.resolve();
  });
  const client = createHttpClient({ baseUrl: upstream.url, deadline: 60_000 });
  const service = await serve(60_000, () => client.call({ url: '/' }));
  const caller = new AbortController();
  const asked = fetch(service.url, { signal: caller.signal });
  await reached.promise;
  caller.abort();
  await expect(asked).rejects.toThrow();
  await closed.promise;
  expect(service.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

test('a caller that goes away during the trial call does not close the circuit', async () => {
  const reached = Promise.withResolvers<void>();
  const upstream = await startUpstream((request, response) => {
    if (request.url === '/try') reached.resolve();
    else response.writeHead(500).end();
  });
  const client = createHttpClient({ baseUrl: upstream.url, deadline: 60_000, circuitPause: 1_000 });
  for (let call = 0; call < 10; call += 1) await reasonOf(client);
  await expect.poll(client.state, { interval: 20, timeout: 10_000 }).toBe('failing');
  const service = await serve(60_000, () => reasonOf(client, '/try'));
  const caller = new AbortController();
  const asked = fetch(service.url, { signal: caller.signal });
  await reached.promise;
  caller.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(client.state, { interval: 5, timeout: 10_000 }).toBe('circuit_open');
});
