import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePorts, hasTerminals, root, start, startInTerminal, statusOf, stopAll } from './start-process.ts';

/** With a space in its name. */
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start '));
});
afterEach(stopAll);
afterAll(() => rm(directory, { recursive: true }));

/** Creates a program that opens no browser: it writes down the address. */
async function fakeBrowser(): Promise<{ program: string; opened(): Promise<string> }> {
  // `xdg-open` would take a space in the path for the end of the command.
  const folder = await mkdtemp(join(tmpdir(), 'browser-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'browser');
  const file = join(folder, 'opened');
  await writeFile(file, '');
  await writeFile(program, `#!/bin/sh\necho "$1" >> '${file}'\n`);
  await chmod(program, 0o755);
  return { program, opened: () => readFile(file, 'utf8') };
}

if (!hasTerminals)
  process.stderr.write('SKIPPED: the keys of `start` are not tested, because `script` is missing.\n');

test.skipIf(!hasTerminals)(
  'starts everything, restarts an API when its source changes, obeys each key and the control room, and stops everything on Ctrl-C',
  { timeout: 120_000 },
  async () => {
    const ports = await freePorts();
    const browser = await fakeBrowser();
    const started = startInTerminal({ ...ports, DATA_DIRECTORY: directory, BROWSER: browser.program });
    await started.prints(/Ctrl-C stops everything, and h shows the other keys/);
    const spaUrl = `http://localhost:${ports.SPA_PORT}`;
    expect(started.output()).toContain(`Ready. Open ${spaUrl}`);
    expect(started.output()).toContain(`at http://localhost:${ports.LOCAL_TENANT_PORT}`);
    expect(started.output()).toContain('priya.raman@contoso.example');
    expect(started.output()).toContain('obo-middle-tier-api: application created');
    expect(started.output()).toMatch(/local-tenant +sign-in +client=Microsoft Azure CLI/);
    expect(await statusOf(ports.SPA_PORT, '/')).toBe(200);
    expect(await statusOf(ports.MIDDLE_TIER_API_PORT, '/readyz')).toBe(200);
    expect(await statusOf(ports.DOWNSTREAM_API_PORT, '/readyz')).toBe(200);
    expect(await statusOf(ports.DOWNSTREAM_API_METRICS_PORT, '/metrics')).toBe(200);
    const configuration = await fetch(`${spaUrl}/configuration.json`);
    expect(await configuration.json()).toMatchObject({
      otlpEndpoint: `http://localhost:${ports.LOCAL_TENANT_PORT}`,
    });

    const now = new Date();
    await utimes(join(root, 'apps/service-defaults/src/server/run.ts'), now, now);
    await started.prints(/(middle-tier-api +listening[\s\S]*){2}/);
    await started.prints(/(downstream-api +listening[\s\S]*){2}/);

    started.type('h');
    await started.prints(/Ctrl-C {2}stop everything/);
    started.type('o');
    await started.prints(/Opened http/);
    await expect.poll(browser.opened, { timeout: 20_000 }).toBe(`${spaUrl}\n`);
    started.type('k');
    await started.prints(/signed with a new key/);
    started.type('c');
    await started.prints(/has no consent now/);
    started.type('mm');
    await started.prints(/requires multifactor[\s\S]*No application requires multifactor/);
    started.type('d');
    await started.prints(/downstream API is down/);
    await expect(statusOf(ports.DOWNSTREAM_API_PORT, '/livez')).rejects.toThrow();
    started.type('d');
    await started.prints(/downstream API runs again/);
    expect(await statusOf(ports.DOWNSTREAM_API_PORT, '/readyz')).toBe(200);
    const tenant = `http://localhost:${ports.LOCAL_TENANT_PORT}/local-tenant`;
    const put = (path: string, body: object) =>
      fetch(`${tenant}${path}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    const state = async () => (await fetch(`${tenant}/state`)).json();
    const downstreamApi = (isRunning: boolean) => ({
      services: expect.arrayContaining([{ name: 'downstream-api', isRunning }]),
    });
    await put('/failure-lab', { id: 'downstream-api-down' });
    await expect.poll(state, { timeout: 20_000 }).toMatchObject(downstreamApi(false));
    await expect(statusOf(ports.DOWNSTREAM_API_PORT, '/livez')).rejects.toThrow();
    await put('/services/downstream-api', { isRunning: true });
    await expect.poll(state, { timeout: 20_000 }).toMatchObject(downstreamApi(true));
    expect(await statusOf(ports.DOWNSTREAM_API_PORT, '/readyz')).toBe(200);
    started.type('r');
    await started.prints(/as at the start/);
    expect(started.output()).toMatch(
      /switch +POST \/signing-keys[\s\S]*switch +DELETE \/consents\/[\s\S]*switch +POST \/reset/,
    );

    started.type('\u0003');
    expect(await started.exitCode).toBe(0);
    await expect(statusOf(ports.MIDDLE_TIER_API_PORT, '/livez')).rejects.toThrow();
    expect(started.output(), 'the terminal is as before').toMatch(/Stopped[\s\S]*\sisig icanon/);
  },
);

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
