import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePorts, root, start, statusOf, stopAll } from './start-process.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start again '));
});
afterEach(stopAll);
afterAll(() => rm(directory, { recursive: true }));

test('keeps its state when it starts again, exports no traces if told so, and reads nothing without a terminal', {
  timeout: 120_000,
}, async () => {
  const ports = await freePorts();
  const first = start({ ...ports, DATA_DIRECTORY: directory });
  await first.prints(/middle-tier-api\.env/);
  const registration = spawn(
    process.execPath,
    ['infra/app-registration/src/main.ts', '--local', '--yes', '--credential', 'certificate'],
    { cwd: root, env: { ...ports, ENVIRONMENT_DIRECTORY: join(directory, 'env') }, stdio: 'ignore' },
  );
  expect(await once(registration, 'close')).toEqual([0, null]);
  expect(await first.stop('SIGINT')).toBe(0);
  await expect(statusOf(ports.LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();

  const environment = { ...ports, DATA_DIRECTORY: directory, OTEL_TRACES_EXPORTER: 'none' };
  const second = start(environment, [], 'hkcmdr\u0003');
  await second.prints(/Ctrl-C stops everything\./);
  expect(second.output()).not.toContain('created');
  expect(second.output(), 'the certificate that register created stays').not.toMatch(
    /client secret|certificate|wrote/,
  );
  expect(await statusOf(ports.MIDDLE_TIER_API_PORT, '/readyz')).toBe(200);
  const configuration = await fetch(`http://localhost:${ports.SPA_PORT}/configuration.json`);
  expect(await configuration.json()).not.toHaveProperty('otlpEndpoint');
  expect(await second.stop('SIGTERM')).toBe(0);
  expect(second.output()).not.toMatch(/Keys:|switch/);
});
