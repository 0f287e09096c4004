import { type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { tenant } from '../src/index.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function run(environment: Record<string, string>, stdio: StdioOptions = 'pipe') {
  const directory = await mkdtemp(join(tmpdir(), 'tenant-'));
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: { LOCAL_TENANT_DATA_DIRECTORY: directory, ...environment },
    stdio,
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true });
  });
  let errors = '';
  if (!child.stdout || !child.stderr) throw new Error('The process has no output.');
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const lines = createInterface({ input: child.stdout });
  return { child, directory, lines, exited, errors: () => errors };
}

/** Gets JSON over TLS, trusting only one certificate. */
const getTrusting = (url: string, ca: string) =>
  new Promise<unknown>((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => resolve(json(response))).once('error', reject);
  });

test('with LOCAL_TENANT_HTTPS_PORT it serves the same tenant with TLS as well, with a certificate that clients can trust', async () => {
  const [port, httpsPort] = [await freePort(), await freePort()];
  const { directory, lines } = await run({
    LOCAL_TENANT_PORT: String(port),
    LOCAL_TENANT_HTTPS_PORT: String(httpsPort),
  });
  const printed: string[] = [];
  for await (const line of lines) {
    printed.push(line);
    if (printed.length === 2) break;
  }
  const file = join(directory, 'https-certificate.pem');
  expect(printed).toEqual([
    `Local tenant: http://localhost:${port}, data in ${directory}`,
    `Local tenant: https://localhost:${httpsPort}, its certificate is ${file}`,
  ]);
  expect(statSync(join(directory, 'https-key.pem')).mode & 0o077).toBe(0);
  const path = `${tenant.id}/v2.0/.well-known/openid-configuration`;
  const origin = `https://localhost:${httpsPort}`;
  expect(await getTrusting(`${origin}/${path}`, readFileSync(file, 'utf8'))).toMatchObject({
    issuer: `${origin}/${tenant.id}/v2.0`,
    token_endpoint: `${origin}/${tenant.id}/oauth2/v2.0/token`,
  });
  const plain = await fetch(`http://localhost:${port}/${path}`);
  expect(await plain.json()).toMatchObject({ issuer: `http://localhost:${port}/${tenant.id}/v2.0` });
});

test('with LOCAL_TENANT_SIGN_IN_HOST browsers sign in at that host name, and programs use localhost', async () => {
  const port = await freePort();
  const { lines } = await run({
    LOCAL_TENANT_PORT: String(port),
    LOCAL_TENANT_SIGN_IN_HOST: 'login.localhost',
  });
  await once(lines, 'line');
  const response = await fetch(`http://localhost:${port}/${tenant.id}/v2.0/.well-known/openid-configuration`);
  const base = `http://localhost:${port}/${tenant.id}`;
  const signIn = `http://login.localhost:${port}/${tenant.id}`;
  expect(await response.json()).toMatchObject({
    issuer: `${base}/v2.0`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    authorization_endpoint: `${signIn}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${signIn}/oauth2/v2.0/logout`,
  });
});

test('a parent that sends its services over IPC is asked to stop one, and the channel does not keep the process running', async () => {
  const port = await freePort();
  const { child, lines, exited } = await run({ LOCAL_TENANT_PORT: String(port) }, [
    'ignore',
    'pipe',
    'pipe',
    'ipc',
  ]);
  await once(lines, 'line');
  const url = `http://localhost:${port}/local-tenant`;
  const service = { name: 'downstream-api', isRunning: true };
  child.send({ services: [service] });
  await expect.poll(async () => (await fetch(`${url}/state`)).json()).toMatchObject({ services: [service] });
  const asked = once(child, 'message');
  await fetch(`${url}/services/downstream-api`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"isRunning": false}',
  });
  expect(await asked).toEqual([{ service: 'downstream-api', run: false }, undefined]);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('invalid variables stop it with one message that names them all', async () => {
  const { exited, errors } = await run({
    LOCAL_TENANT_PORT: 'many',
    LOCAL_TENANT_HTTPS_PORT: '70000',
    LOCAL_TENANT_SIGN_IN_HOST: 'login.example',
  });
  expect((await exited)[0]).toBe(1);
  for (const name of ['LOCAL_TENANT_PORT', 'LOCAL_TENANT_HTTPS_PORT', 'LOCAL_TENANT_SIGN_IN_HOST']) {
    expect(errors()).toContain(`  ${name}: `);
  }
});
