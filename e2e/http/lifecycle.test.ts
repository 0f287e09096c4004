import { openRawConnection } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import * as faults from '../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../chain/faulty-chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';

let chain: FaultyChain;
let token: string;

beforeAll(async () => {
  chain = await startFaultyChain();
  token = await chain.accessTokenOf('priya.raman@contoso.example');
});
beforeEach(() => chain.endFaults());
afterAll(() => chain.close());

const patience = { timeout: 10_000 };

async function start() {
  const api = await startMiddleTierProcess({ ...chain.environments.middleTierApi, PORT: '0' });
  onTestFinished(async () => {
    api.signal('SIGKILL');
    await api.ended;
  });
  return api;
}

const overview = async (url: string) => {
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
};
const whole = { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } };
const refusesConnections = (url: string) =>
  fetch(`${url}/livez`).then(
    () => 'answers',
    ({ cause }) => cause.code,
  );

describe('a middle tier that is stopped', () => {
  test('answers the requests in flight, accepts no new ones, and exits 0 as soon as it can', async () => {
    const api = await start();
    const released = Promise.withResolvers<void>();
    chain.proxies.graph.fail(faults.until(released.promise));
    const answers = Array.from({ length: 20 }, () => overview(api.url));
    await expect.poll(() => chain.proxies.graph.requests.length, patience).toBe(60);

    const connection = openRawConnection(api.url, 20_000);
    connection.send(
      `GET /api/overview HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await expect.poll(() => chain.proxies.graph.requests.length, patience).toBe(63);
    api.signal('SIGTERM');
    await api.logged('stopping');
    connection.send('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => refusesConnections(api.url), patience).toBe('ECONNREFUSED');

    released.resolve();
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(whole);
    const [last, readiness] = await connection.closed;
    expect(last?.status).toBe(200);
    expect(readiness?.status).toBe(503);
    expect(JSON.parse(readiness?.body ?? '')).toMatchObject({ status: 'draining' });
    expect(await api.ended).toEqual({ code: 0, signal: null });
    await api.logged('stopped');
    expect(api.logs.join('\n')).not.toContain('shutdown deadline');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('exits 0 on %s when idle', async (signal) => {
    const api = await start();
    await overview(api.url);
    api.signal(signal);
    expect(await api.ended).toEqual({ code: 0, signal: null });
    expect(api.logs.join('\n')).not.toContain('shutdown deadline');
  });

  test('answers within the deadlines and exits 0 while a service behind it hangs', async () => {
    const api = await start();
    chain.proxies.graph.fail(faults.hang);
    const answer = overview(api.url);
    await expect.poll(() => chain.proxies.graph.requests.length, patience).toBe(3);
    api.signal('SIGTERM');
    expect((await answer).body).toMatchObject({
      profile: { problem: { reason: 'timed_out' } },
      leave: { state: 'ok' },
    });
    expect(await api.ended).toEqual({ code: 0, signal: null });
    expect(api.logs.join('\n')).not.toContain('shutdown deadline');
  });

  test('exits immediately on a second signal, even with requests in flight', async () => {
    const api = await start();
    chain.proxies.graph.fail(faults.hang);
    const answer = overview(api.url).catch((error: Error) => error);
    await expect.poll(() => chain.proxies.graph.requests.length, patience).toBe(3);
    api.signal('SIGTERM');
    await api.logged('stopping');
    api.signal('SIGTERM');
    expect(await api.ended).toEqual({ code: 1, signal: null });
    expect(await answer).toBeInstanceOf(Error);
  });
});
