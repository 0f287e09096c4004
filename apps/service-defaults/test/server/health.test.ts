import { Router } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import type { DependencyStates } from '../../src/calls/dependency.ts';
import { createHealth, type ReadinessCheck } from '../../src/server/health.ts';
import { listen } from '../../src/server/listen.ts';
import { createService } from '../../src/server/service.ts';
import { createTestLogger } from '../../testing/logger.ts';

async function serve(checks: Record<string, ReadinessCheck>, dependencies?: DependencyStates) {
  const health = createHealth(checks, dependencies);
  const logger = createTestLogger('test');
  const app = createService({ logger, health, openapi: {}, routes: Router() });
  let arrived = 0;
  const server = await listen(
    (request, response) => {
      arrived += 1;
      app(request, response);
    },
    { host: 'localhost', port: 0 },
  );
  onTestFinished(() => server.close());
  const ready = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  return { health, ready, url: server.url, arrived: () => arrived };
}

test('a service is ready when every check passes, and says which does not', async () => {
  let database = true;
  const { ready, url } = await serve({
    keys: async () => true,
    database: async () => database,
    queue: async () => {
      if (!database) throw new Error('secret text');
      return true;
    },
  });
  const whole = { status: 'ready', dependencies: {}, checks: { keys: 'ok', database: 'ok', queue: 'ok' } };
  expect(await ready()).toEqual({ status: 200, body: whole });
  database = false;
  expect(await ready()).toEqual({
    status: 503,
    body: {
      status: 'not_ready',
      dependencies: {},
      checks: { keys: 'ok', database: 'failing', queue: 'failing' },
    },
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  database = true;
  expect(await ready()).toEqual({ status: 200, body: whole });
});

test('a dependency is reported, also after asking it, and never makes a service not ready', async () => {
  const { ready } = await serve(
    { keys: async () => true },
    {
      graph: () => 'circuit_open',
      database: () => Promise.resolve('answering' as const),
      queue: () => Promise.reject(new Error('secret text')),
    },
  );
  const dependencies = { graph: 'circuit_open', database: 'answering', queue: 'failing' };
  expect(await ready()).toEqual({
    status: 200,
    body: { status: 'ready', checks: { keys: 'ok' }, dependencies },
  });
});

test('a service that stops is not ready, and still alive', async () => {
  const { health, ready, url } = await serve({ keys: async () => true });
  health.drain();
  expect(await ready()).toEqual({
    status: 503,
    body: { status: 'draining', checks: { keys: 'ok' }, dependencies: {} },
  });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test('many who ask at once make one round of checks, and who asks later a new one', async () => {
  let rounds = 0;
  let finish = (_passes: boolean): void => {};
  const { ready, arrived } = await serve({
    database: () => {
      rounds += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
  });
  const first = ready();
  const others = Array.from({ length: 20 }, ready);
  await expect.poll(arrived).toBe(21);
  expect(rounds).toBe(1);
  finish(true);
  for (const { status } of await Promise.all([first, ...others])) expect(status).toBe(200);
  const later = ready();
  await expect.poll(() => rounds).toBe(2);
  finish(false);
  expect((await later).status).toBe(503);
});
