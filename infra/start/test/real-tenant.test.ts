import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentFilesIn, register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { createLocalTenant } from '@obo/local-tenant';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { readRegisteredApps } from '../src/real-tenant.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start tenant '));
});
afterEach(() => rm(directory, { recursive: true }));

const readApps = (environment: Record<string, string> = {}) =>
  readRegisteredApps({ ENVIRONMENT_DIRECTORY: directory, ...environment }, '/', undefined);

/** Registers the apps, for the usual ports of this machine, and returns their environment files. */
async function registerApps() {
  const server = createServer({ maxHeaderSize: 65_536 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const baseUrl = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  server.on('request', (await createLocalTenant({ baseUrl, dataDirectory: null })).app);
  await register({
    ...(await accessLocalTenant(baseUrl)),
    urls: {
      spa: 'http://localhost:3000',
      middleTierApi: 'http://localhost:4000',
      downstreamApi: 'http://localhost:4100',
    },
    environmentDirectory: directory,
  });
  return environmentFilesIn(directory);
}

const edit = async (file: string, change: (text: string) => string) =>
  writeFile(file, change(await readFile(file, 'utf8')));
const without =
  (...variables: string[]) =>
  (text: string) =>
    text
      .split('\n')
      .filter((line) => !variables.some((variable) => line.startsWith(variable)))
      .join('\n');

test('asks to register first when there are no files', async () => {
  await expect(readApps()).rejects.toThrow(
    /There are no environment files for a real tenant in .*start tenant .*Register the apps first: npx/,
  );
});

test('names the variables that the files lack', async () => {
  const files = await registerApps();
  await edit(files.middleTierApi, without('CLIENT_SECRET', 'GRAPH_BASE_URL'));
  await edit(files.spa, without('CLIENT_ID'));
  const { message } = await readApps().then(
    () => new Error('accepted'),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  expect(message).toMatch(/spa\.env lacks CLIENT_ID\n/);
  expect(message).toMatch(/middle-tier-api\.env lacks GRAPH_BASE_URL, one of CLIENT_SECRET, CLIENT_CERT/);
});

test.each<[string, (text: string) => string, Record<string, string>, RegExp]>([
  [
    'another port than the registered one',
    (text) => text,
    { SPA_PORT: '4999' },
    /SPA_PORT is 4999, but port 3000 is registered.*SPA_PORT=4999 npx/,
  ],
  [
    'apps that are registered for another machine',
    (text) => text.replace(/DOWNSTREAM_API_BASE_URL=.*/, 'DOWNSTREAM_API_BASE_URL=https://api.example.com'),
    {},
    /registered for https:\/\/api\.example\.com, which is not this machine/,
  ],
  [
    'a managed identity on a machine that has none',
    (text) => text.replace(/CLIENT_SECRET=.*/, 'MANAGED_IDENTITY_CLIENT_ID=x'),
    {},
    /managed identity, which this machine does not have.*--credential secret/,
  ],
])('rejects %s', async (_case, change, environment, message) => {
  const files = await registerApps();
  await edit(files.middleTierApi, change);
  await expect(readApps(environment)).rejects.toThrow(message);
});

test('runs the backend for frontend only if it is registered', async () => {
  await registerApps();
  const readWithBff = () => readRegisteredApps({ ENVIRONMENT_DIRECTORY: directory }, '/', undefined, true);
  await expect(readWithBff()).rejects.toThrow(/not registered for this machine.*register --bff-url/);
});
