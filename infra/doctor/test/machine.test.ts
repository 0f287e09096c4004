import type { RequestListener } from 'node:http';
import { forEachApp, servedApps } from '@obo/app-registration/apps';
import { readConfiguration } from '@obo/app-registration/command';
import { close, listen } from '@obo/app-registration/testing';
import { expect, onTestFinished, test } from 'vitest';
import { commandsFor } from '../src/commands.ts';
import { type Finding, isFinding } from '../src/finding.ts';
import { checkMachine } from '../src/machine/check-machine.ts';
import { type ConfiguredPort, configuredPorts } from '../src/machine/configured-ports.ts';
import { readPort } from '../src/machine/read-ports.ts';

const commands = commandsFor('real', undefined);
const nodeVersion = '24.21.0';

/** Starts a server and returns its port. */
async function portOf(listener?: RequestListener): Promise<number> {
  const { server, origin } = await listen(listener);
  onTestFinished(() => close(server));
  return Number(new URL(origin).port);
}
const json =
  (status: number, body: object): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const middleTier = (port: number, registered: number | null = port): ConfiguredPort => ({
  port,
  registered,
  purpose: 'the middle-tier API',
  variable: 'MIDDLE_TIER_API_PORT',
  answers: 'readiness',
});

async function check(...configured: ConfiguredPort[]): Promise<{ findings: Finding[]; passed: string[] }> {
  const ports = await Promise.all(configured.map(async (port) => ({ ...port, ...(await readPort(port)) })));
  const observations = checkMachine({ nodeVersion, ports }, commands);
  return {
    findings: observations.filter(isFinding),
    passed: observations.flatMap((observation) => (isFinding(observation) ? [] : [observation.passed])),
  };
}

test.each([
  ['24.21.0', []],
  ['25.0.0', []],
  ['22.18.0', ['node_too_old']],
  ['8.1.0', ['node_too_old']],
])('Node.js %s: %j', (version, ids) => {
  const observations = checkMachine({ nodeVersion: version, ports: [] }, commands);
  expect(observations.filter(isFinding).map(({ id }) => id)).toEqual(ids);
});

test('a port without a server is free', async () => {
  const { server, origin } = await listen();
  await close(server);
  const port = Number(new URL(origin).port);
  expect(await check(middleTier(port))).toEqual({
    findings: [],
    passed: ['Node.js 24.21.0', `Port ${port}, for the middle-tier API, is free`],
  });
});

test('a port with our own service passes', async () => {
  const port = await portOf(json(200, { status: 'ready', checks: { keys: 'ok' } }));
  const { findings, passed } = await check(middleTier(port));
  expect(findings).toEqual([]);
  expect(passed).toContain(`The middle-tier API is ready at port ${port}`);
});

test('our own service that is not ready is reported, with its failing checks', async () => {
  const port = await portOf(json(503, { status: 'not_ready', checks: { keys: 'ok', database: 'failing' } }));
  expect((await check(middleTier(port))).findings).toEqual([
    expect.objectContaining({
      id: 'service_not_ready',
      problem: `The middle-tier API is running on port ${port} but is not ready: database failing.`,
    }),
  ]);
});

test.each<[string, RequestListener | undefined]>([
  ['answers everything with a page', (_request, response) => void response.end('<!doctype html>')],
  ['answers with other JSON', json(200, { ok: true })],
  ['hangs up', (request) => void request.socket.destroy()],
])('a port is in use by a program that %s', async (_what, listener) => {
  const port = await portOf(listener);
  expect((await check(middleTier(port))).findings).toEqual([
    expect.objectContaining({
      id: 'port_in_use',
      problem: `Port ${port}, for the middle-tier API, is already in use by another program.`,
      fix: expect.stringContaining('`MIDDLE_TIER_API_PORT=<port> npx -y pnpm@12 register`'),
    }),
  ]);
});

test('our own SPA is recognized by its configuration', async () => {
  const port = await portOf(json(200, { clientId: 'x', apiBaseUrl: 'y' }));
  const spa: ConfiguredPort = { ...middleTier(port), answers: 'configuration' };
  expect((await check(spa)).findings).toEqual([]);
  const other = await portOf(json(200, { status: 'ready' }));
  expect((await check({ ...spa, port: other, registered: other })).findings[0]?.id).toBe('port_in_use');
});

test('our own SPA is reported when it runs with the files of another registration', async () => {
  const port = await portOf(json(200, { clientId: 'before', apiBaseUrl: 'y' }));
  const spa: ConfiguredPort = {
    ...middleTier(port),
    purpose: 'the single-page application',
    answers: 'configuration',
  };
  expect((await check({ ...spa, clientId: 'before' })).findings).toEqual([]);
  expect((await check({ ...spa, clientId: 'now' })).findings).toEqual([
    expect.objectContaining({
      id: 'service_runs_with_old_files',
      problem: `The single-page application on port ${port} is running with another client ID than its file has now.`,
      fix: expect.stringContaining('`npx -y pnpm@12 start --tenant`'),
    }),
  ]);
});

test('a port that is configured twice, or not the registered one, is reported', async () => {
  const port = await portOf(json(200, { status: 'ready' }));
  const downstream = { ...middleTier(port), purpose: 'the downstream API', variable: 'DOWNSTREAM_API_PORT' };
  expect((await check(middleTier(port), downstream)).findings).toEqual([
    expect.objectContaining({
      id: 'port_configured_twice',
      problem: `Port ${port} is configured twice: for the middle-tier API and for the downstream API.`,
    }),
  ]);
  expect((await check(middleTier(port, 4000))).findings).toEqual([
    expect.objectContaining({
      id: 'port_not_registered',
      problem: `MIDDLE_TIER_API_PORT is ${port}, but the middle-tier API is registered at port 4000.`,
    }),
  ]);
});

test('the checked ports are those of `start`: with a real tenant the registered ones, and none for apps at other hosts', () => {
  const environments = {
    ...forEachApp(() => ({})),
    spa: { SPA_PORT: '3100', API_BASE_URL: 'http://localhost:4200', CLIENT_ID: 'spa' },
    middleTierApi: {
      PORT: '4200',
      ALLOWED_ORIGINS: 'https://leave.example.com,http://localhost:3100',
      DOWNSTREAM_API_BASE_URL: 'https://api.example.com',
    },
    downstreamApi: { PORT: '443' },
  };
  const portsOf = (kind: 'local' | 'real', env: Record<string, string>) =>
    configuredPorts(kind, readConfiguration(env), { environments }).map(({ port }) => port);
  expect(portsOf('real', {})).toEqual([3100, 4200]);
  for (const kind of ['real', 'local'] as const)
    expect(configuredPorts(kind, readConfiguration({}), { environments })[0]).toMatchObject({
      clientId: 'spa',
    });
  expect(portsOf('real', { SPA_PORT: '3300' })).toEqual([3300, 4200]);
  const localTenantPort = 4400;
  const [, ...ofApis] = servedApps.map(({ port: byDefault }) => byDefault);
  expect(portsOf('local', {})).toEqual([3000, ...ofApis, localTenantPort]);
  expect(portsOf('local', { LOCAL_TENANT_PORT: '5500', SPA_PORT: '3300' })).toEqual([3300, ...ofApis, 5500]);
});
