import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentFilesIn, register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { createLocalTenant, password, signInOverHttp } from '@obo/local-tenant';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePorts, start, statusOf, stopAll } from './start-process.ts';

let directory: string;
let ports: Awaited<ReturnType<typeof freePorts>>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start tenant '));
  ports = await freePorts();
});
afterEach(async () => {
  await stopAll();
  await rm(directory, { recursive: true });
});

const variables = () => ({ ENVIRONMENT_DIRECTORY: join(directory, 'tenant'), DATA_DIRECTORY: directory });
const withTenant = (environment: Record<string, string> = {}) =>
  start({ ...variables(), ...environment }, ['--tenant']);

/** A tenant that runs elsewhere, with the apps registered in it for this machine. */
async function registerElsewhere() {
  const server = createServer({ maxHeaderSize: 65_536 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const baseUrl = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null });
  server.on('request', tenant.app);
  const { environments } = await register({
    ...(await accessLocalTenant(baseUrl)),
    urls: {
      spa: `http://localhost:${ports.SPA_PORT}`,
      middleTierApi: `http://localhost:${ports.MIDDLE_TIER_API_PORT}`,
      downstreamApi: `http://localhost:${ports.DOWNSTREAM_API_PORT}`,
    },
    environmentDirectory: variables().ENVIRONMENT_DIRECTORY,
  });
  return { tenant, environments, files: environmentFilesIn(variables().ENVIRONMENT_DIRECTORY) };
}

describe('start --tenant', () => {
  test('runs the chain with the files that registering left, at their ports, without the local tenant', {
    timeout: 120_000,
  }, async () => {
    const { tenant, environments } = await registerElsewhere();
    const started = withTenant({ LOCAL_TENANT_PORT: ports.LOCAL_TENANT_PORT });
    await started.prints(/Ctrl-C stops everything/);
    expect(started.output()).toContain(`Ready. Open http://localhost:${ports.SPA_PORT}`);
    expect(started.output()).toContain(`an account of your tenant, ${tenant.tenantId}`);
    expect(started.output()).not.toContain('local-tenant: starting');
    await expect(statusOf(ports.LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();
    expect(await statusOf(ports.SPA_PORT, '/')).toBe(200);

    const origin = `http://localhost:${ports.SPA_PORT}`;
    const { access_token } = await signInOverHttp({
      authorityMetadata: tenant.authorityMetadata,
      clientId: environments.spa.CLIENT_ID ?? '',
      redirectUri: `${origin}/redirect.html`,
      origin,
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

  test('says to register first when there are no files, and starts nothing', async () => {
    const { output, exitCode } = withTenant();
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(/There are no files for a real tenant in .*tenant\. Register first: npx/);
    expect(output()).not.toContain('starting');
  });

  test('names what the files lack', async () => {
    const { files } = await registerElsewhere();
    const without = async (file: string, ...names: string[]) => {
      const lines = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, lines.filter((line) => !names.some((name) => line.startsWith(name))).join('\n'));
    };
    await without(files.middleTierApi, 'CLIENT_SECRET', 'GRAPH_BASE_URL');
    await without(files.spa, 'CLIENT_ID');
    const { output, exitCode } = withTenant();
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(/spa\.env lacks CLIENT_ID\n/);
    expect(output()).toMatch(/middle-tier-api\.env lacks GRAPH_BASE_URL, one of CLIENT_SECRET, CLIENT_CERT/);
    expect(output()).not.toContain('starting');
  });

  test.each<[string, (text: string) => string, Record<string, string>, RegExp]>([
    [
      'another port than the registered one',
      (text) => text,
      { SPA_PORT: '4999' },
      /SPA_PORT is 4999, but port \d+ is registered.*SPA_PORT=4999 npx/,
    ],
    [
      'apps that are registered for elsewhere',
      (text) => text.replace(/DOWNSTREAM_API_BASE_URL=.*/, 'DOWNSTREAM_API_BASE_URL=https://api.example.com'),
      {},
      /registered for https:\/\/api\.example\.com, which is not this machine/,
    ],
    [
      'a managed identity, which is not here',
      (text) => text.replace(/CLIENT_SECRET=.*/, 'MANAGED_IDENTITY_CLIENT_ID=x'),
      {},
      /managed identity, which this machine has not.*--credential secret/,
    ],
  ])('refuses %s', async (_what, change, environment, message) => {
    const { files } = await registerElsewhere();
    await writeFile(files.middleTierApi, change(await readFile(files.middleTierApi, 'utf8')));
    const { output, exitCode } = withTenant(environment);
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(message);
    expect(output()).not.toContain('starting');
  });
});

describe('the command line', () => {
  test.each([
    [['--colour'], /Unknown option '--colour'/],
    [['--name-prefix', 'x'], /--name-prefix means nothing without --tenant/],
  ])('refuses %j', async (args, message) => {
    const { output, exitCode } = start({}, args);
    expect(await exitCode).toBe(1);
    expect(output()).toMatch(message);
  });

  test('prints its help', async () => {
    const { output, exitCode } = start({}, ['--help']);
    expect(await exitCode).toBe(0);
    expect(output()).toContain('--tenant');
  });
});
