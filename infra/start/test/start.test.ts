import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts, root, start, statusOf, stopAll } from './start-process.ts';

afterEach(stopAll);

describe('start', () => {
  test('starts everything, says where to go and as whom, starts again what changed, and stops everything', {
    timeout: 120_000,
  }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'start '));
    const ports = await freePorts();
    const first = start({ ...ports, DATA_DIRECTORY: directory });
    await first.prints(/Ctrl-C stops everything/);
    expect(first.output()).toContain(`Ready. Open http://localhost:${ports.SPA_PORT}`);
    expect(first.output()).toContain('priya.raman@contoso.example');
    expect(first.output()).toContain('obo-middle-tier-api: application created');
    expect(first.output()).toMatch(/local-tenant +sign-in +client=Microsoft Azure CLI/);
    expect(await statusOf(ports.SPA_PORT, '/')).toBe(200);
    expect(await statusOf(ports.MIDDLE_TIER_API_PORT, '/readyz')).toBe(200);
    expect(await statusOf(ports.DOWNSTREAM_API_PORT, '/readyz')).toBe(200);
    expect(await statusOf(ports.DOWNSTREAM_API_METRICS_PORT, '/metrics')).toBe(200);

    const now = new Date();
    await utimes(join(root, 'apps/middle-tier-api/src/openapi.ts'), now, now);
    await first.prints(/middle-tier-api +listening[\s\S]*middle-tier-api +listening/);
    await utimes(join(root, 'apps/service-defaults/src/server/run.ts'), now, now);
    await first.prints(/downstream-api +listening[\s\S]*downstream-api +listening/);

    first.child.kill('SIGINT');
    expect(await first.exitCode).toBe(0);
    await expect(statusOf(ports.MIDDLE_TIER_API_PORT, '/livez')).rejects.toThrow();

    const second = start({ ...ports, DATA_DIRECTORY: directory });
    await second.prints(/Ctrl-C stops everything/);
    expect(second.output()).not.toContain('created');
    second.child.kill('SIGTERM');
    expect(await second.exitCode).toBe(0);
    await rm(directory, { recursive: true });
  });

  test('keeps the certificate that register gave the middle tier', { timeout: 120_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'start '));
    const ports = await freePorts();
    const first = start({ ...ports, DATA_DIRECTORY: directory });
    await first.prints(/Ctrl-C stops everything/);
    const register = spawn(
      process.execPath,
      ['infra/app-registration/src/main.ts', '--local', '--yes', '--credential', 'certificate'],
      { cwd: root, env: { ...ports, ENVIRONMENT_DIRECTORY: join(directory, 'env') }, stdio: 'ignore' },
    );
    expect(await once(register, 'close')).toEqual([0, null]);
    first.child.kill('SIGTERM');
    await first.exitCode;

    const second = start({ ...ports, DATA_DIRECTORY: directory });
    await second.prints(/Ctrl-C stops everything/);
    expect(second.output()).not.toMatch(/client secret|certificate|wrote/);
    expect(await statusOf(ports.MIDDLE_TIER_API_PORT, '/readyz')).toBe(200);
    second.child.kill('SIGTERM');
    await second.exitCode;
    await rm(directory, { recursive: true });
  });

  test('names a taken port, what wants it, and the variable that changes it, and starts nothing', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = String(address !== null && typeof address === 'object' ? address.port : 0);
    const { output, exitCode } = start({ ...(await freePorts()), MIDDLE_TIER_API_PORT: port });
    expect(await exitCode).toBe(1);
    expect(output()).toContain(`Port ${port} is in use, and the middle-tier API wants it.`);
    expect(output()).toContain('MIDDLE_TIER_API_PORT=<port>');
    expect(output()).not.toContain('starting');
    await once(taken.close(), 'close');
  });

  test.each([
    [{ SPA_PORT: 'three' }, /SPA_PORT: must be a port number/],
    [{ SPA_PORT: '5000', LOCAL_TENANT_PORT: '5000' }, /Port 5000 is wanted twice/],
    [{ MIDDLE_TIER_API_METRICS_PORT: '4000' }, /wanted twice: change MIDDLE_TIER_API_METRICS_PORT/],
  ])('refuses %o', async (environment, message) => {
    const { output, exitCode } = start(environment);
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(message);
  });

  test('stops what had started when a later part cannot start', { timeout: 60_000 }, async () => {
    const ports = await freePorts();
    const directory = await mkdtemp(join(tmpdir(), 'start '));
    const { output, exitCode } = start({
      ...ports,
      DATA_DIRECTORY: directory,
      LEAVE_ENTITLEMENT_DAYS: 'many',
      DATABASE_URL: 'mysql://nowhere',
    });
    expect(await exitCode).toBe(1);
    expect(output()).toContain('LEAVE_ENTITLEMENT_DAYS');
    expect(output()).toContain('DATABASE_URL');
    await expect(statusOf(ports.LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();
    await rm(directory, { recursive: true });
  });
});
