import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { createLocalTenant, password, signInOverHttp } from '@obo/local-tenant';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePorts, root, start, statusOf, stopAll } from './start-process.ts';

// One folder for all tests, with a space in its name: only the first start bundles the SPA's dependencies.
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start '));
});
afterEach(stopAll);
afterAll(() => rm(directory, { recursive: true }));

test('starts everything, restarts an API when its source changes, stops everything, and keeps its state', {
  timeout: 120_000,
}, async () => {
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

  const registration = spawn(
    process.execPath,
    ['infra/app-registration/src/main.ts', '--local', '--yes', '--credential', 'certificate'],
    { cwd: root, env: { ...ports, ENVIRONMENT_DIRECTORY: join(directory, 'env') }, stdio: 'ignore' },
  );
  expect(await once(registration, 'close')).toEqual([0, null]);

  expect(await first.stop('SIGINT')).toBe(0);
  await expect(statusOf(ports.MIDDLE_TIER_API_PORT, '/livez')).rejects.toThrow();

  const second = start({ ...ports, DATA_DIRECTORY: directory });
  await second.prints(/Ctrl-C stops everything/);
  expect(second.output()).not.toContain('created');
  expect(second.output(), 'the certificate that register created stays').not.toMatch(
    /client secret|certificate|wrote/,
  );
  expect(await statusOf(ports.MIDDLE_TIER_API_PORT, '/readyz')).toBe(200);
  expect(await second.stop('SIGTERM')).toBe(0);
});

test('with --tenant, runs the apps that are registered in another tenant, without the local tenant', {
  timeout: 120_000,
}, async () => {
  const ports = await freePorts();
  const server = createServer({ maxHeaderSize: 65_536 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const baseUrl = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null });
  server.on('request', tenant.app);
  const environmentDirectory = join(directory, 'tenant');
  const spaUrl = `http://localhost:${ports.SPA_PORT}`;
  const { environments } = await register({
    ...(await accessLocalTenant(baseUrl)),
    urls: {
      spa: spaUrl,
      middleTierApi: `http://localhost:${ports.MIDDLE_TIER_API_PORT}`,
      downstreamApi: `http://localhost:${ports.DOWNSTREAM_API_PORT}`,
    },
    environmentDirectory,
  });

  const { LOCAL_TENANT_PORT } = ports;
  const started = start(
    { LOCAL_TENANT_PORT, ENVIRONMENT_DIRECTORY: environmentDirectory, DATA_DIRECTORY: directory },
    ['--tenant'],
  );
  await started.prints(/Ctrl-C stops everything/);
  expect(started.output()).toContain(`Ready. Open ${spaUrl}`);
  expect(started.output()).toContain(`an account of your tenant, ${tenant.tenantId}`);
  expect(started.output()).not.toContain('local-tenant: starting');
  await expect(statusOf(LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();
  expect(await statusOf(ports.SPA_PORT, '/')).toBe(200);

  const { access_token } = await signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: environments.spa.CLIENT_ID ?? '',
    redirectUri: `${spaUrl}/redirect.html`,
    origin: spaUrl,
    scopes: [`${environments.spa.API_APP_ID_URI}/.default`],
    username: 'priya.raman@contoso.example',
    password,
    consent: 'accept',
  });
  const response = await fetch(`http://localhost:${ports.MIDDLE_TIER_API_PORT}/api/overview`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(await response.json()).toMatchObject({ profile: { state: 'ok' }, leave: { state: 'ok' } });
});

test('stops everything when an app fails to start, with its output', { timeout: 60_000 }, async () => {
  const ports = await freePorts();
  const { output, exitCode } = start({
    ...ports,
    DATA_DIRECTORY: directory,
    LEAVE_ENTITLEMENT_DAYS: 'many',
    DATABASE_URL: 'mysql://nowhere',
  });
  expect(await exitCode).toBe(1);
  expect(output()).toContain('downstream-api could not be started. Its output is above.');
  expect(output()).toContain('LEAVE_ENTITLEMENT_DAYS');
  expect(output()).toContain('DATABASE_URL');
  await expect(statusOf(ports.LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();
});

test('a second start in the same folder stops before it writes anything; a lock of an ended process does not count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'locked '));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lock = join(folder, 'start.lock');
  // This process runs: it stands for the first start.
  await writeFile(lock, String(process.pid));
  const second = start({ ...(await freePorts()), DATA_DIRECTORY: folder });
  expect(await second.exitCode).toBe(1);
  expect(second.output()).toContain(`Another \`start\` (process ${process.pid}) uses ${folder}.`);
  expect(second.output()).not.toContain('starting');
  expect(await readdir(folder)).toEqual(['start.lock']);
  expect(await readFile(lock, 'utf8')).toBe(String(process.pid));

  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  await writeFile(lock, String(ended.pid));
  const third = start({ ...(await freePorts()), DATA_DIRECTORY: folder });
  await third.prints(/local-tenant: starting/);
  expect(await third.stop('SIGTERM')).toBe(0);
  expect(await readdir(folder)).not.toContain('start.lock');
});

test('exits when a port is taken, naming the variable that changes it, and starts nothing', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = String(address !== null && typeof address === 'object' ? address.port : 0);
  const { output, exitCode } = start({ ...(await freePorts()), MIDDLE_TIER_API_PORT: port });
  expect(await exitCode).toBe(1);
  expect(output()).toContain(`Port ${port} is already in use.`);
  expect(output()).toContain('MIDDLE_TIER_API_PORT=<port> (Port for the middle-tier API)');
  expect(output()).not.toContain('starting');
});

test.each<[Record<string, string>, RegExp]>([
  [{ SPA_PORT: 'three' }, /SPA_PORT: must be a port number/],
  [
    { SPA_PORT: '5000', LOCAL_TENANT_PORT: '5000' },
    /Port 5000 is configured twice: change LOCAL_TENANT_PORT/,
  ],
  [{ MIDDLE_TIER_API_METRICS_PORT: '4000' }, /Port 4000 is configured twice/],
])('exits when ports are configured as %o', async (environment, message) => {
  const { output, exitCode } = start(environment);
  expect(await exitCode).toBe(1);
  expect(output()).toMatch(message);
});

test.each([
  [['--colour'], /unknown option '--colour'/],
  [['--name-prefix', 'x'], /--name-prefix requires --tenant/],
])('rejects the command line %j', async (args, message) => {
  const { output, exitCode } = start({}, args);
  expect(await exitCode).toBe(1);
  expect(output()).toMatch(message);
});

test('prints its flags with --help', async () => {
  const { output, exitCode } = start({}, ['--help']);
  expect(await exitCode).toBe(0);
  expect(output()).toContain('--tenant');
});
