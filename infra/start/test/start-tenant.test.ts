import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '@obo/app-registration';
import { forEachServedApp, portVariable } from '@obo/app-registration/apps';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { createLocalTenant, password, signInOverHttp } from '@obo/local-tenant';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePorts, start, statusOf, stopAll } from './start-process.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start tenant '));
});
afterEach(stopAll);
afterAll(() => rm(directory, { recursive: true }));

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
    urls: forEachServedApp((app) => `http://localhost:${ports[portVariable(app)]}`),
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

  const configuration = await fetch(`${spaUrl}/configuration.json`);
  expect(await configuration.json(), 'no traces unless configured').not.toHaveProperty('otlpEndpoint');

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
    STEP_UP_CONTEXT: 'first',
  });
  expect(await exitCode).toBe(1);
  expect(output()).toContain('downstream-api could not be started. Its output is above.');
  expect(output()).toContain('LEAVE_ENTITLEMENT_DAYS');
  expect(output()).toContain('STEP_UP_CONTEXT');
  await expect(statusOf(ports.LOCAL_TENANT_PORT, '/readyz')).rejects.toThrow();
});
