import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { freePorts, start, statusOf, stopAll } from './start-process.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start '));
});
afterEach(stopAll);
afterAll(() => rm(directory, { recursive: true }));

test('--bff also runs the backend for frontend, with a build of the SPA for it', {
  timeout: 120_000,
}, async () => {
  const ports = await freePorts();
  const bffPort = await freePort();
  const bffUrl = `http://localhost:${bffPort}`;
  const started = start({ ...ports, BFF_PORT: bffPort, DATA_DIRECTORY: directory }, ['--bff']);
  await started.prints(/Ctrl-C stops everything/);
  expect(started.output()).toContain(`The same with tokens on the server: ${bffUrl}`);
  expect(await (await fetch(`${bffUrl}/readyz`)).json()).toMatchObject({ status: 'ready' });
  expect(await (await fetch(`${bffUrl}/configuration.json`)).json()).toMatchObject({
    apiBaseUrl: bffUrl,
    requestUrl: expect.stringContaining(`localhost:${ports.LOCAL_TENANT_PORT}`),
    calendar: true,
  });
  const page = await fetch(bffUrl, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<div id="root">');
  const leaving = await fetch(`${bffUrl}/sign-in`, { redirect: 'manual' });
  expect(leaving.headers.get('location')).toContain(`localhost:${ports.LOCAL_TENANT_PORT}`);
  expect(await statusOf(ports.SPA_PORT, '/')).toBe(200);
  expect(await started.stop('SIGTERM')).toBe(0);
});
