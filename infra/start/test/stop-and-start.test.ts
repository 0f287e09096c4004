import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Services } from '../src/services.ts';
import { freePort } from './free-port.ts';

const program = `
import { createServer } from 'node:http';
import { version } from './version.js';
createServer((_request, response) => response.end(version)).listen(process.env.PORT, '127.0.0.1');
`;
/** Answers with the last message that it got, and sends what is posted to it. */
const controller = `
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
let last;
process.on('message', (message) => { last = message; });
createServer(async (request, response) => {
  if (request.method === 'POST') process.send(await json(request));
  response.end(JSON.stringify(last ?? null));
}).listen(process.env.PORT, '127.0.0.1');
`;

let root: string;
let services: Services;
let printed = '';
const urls: Record<string, string> = {};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stop and start '));
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'main.ts'), program);
  await writeFile(join(root, 'controller.ts'), controller);
  await save('1');
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  services = new Services({ root, environment: {}, onFailure: expect.unreachable });
  await start('controller', { isController: true });
  expect(await received()).toEqual({ services: [] });
  await start('api', { canBeStopped: true });
  await start('other', {});
});
afterEach(async () => {
  await services.stop();
  await rm(root, { recursive: true });
});

const save = async (version: string) => {
  await writeFile(join(root, 'version.js'), `export const version = '${version}';`);
  // Only files of this kind are watched.
  await writeFile(join(root, 'changed.ts'), version);
};

async function start(
  name: string,
  options: { isController?: boolean; canBeStopped?: boolean },
): Promise<void> {
  const port = await freePort();
  urls[name] = `http://127.0.0.1:${port}`;
  await services.start({
    name,
    url: urls[name],
    directory: '.',
    program: [options.isController ? 'controller.ts' : 'main.ts'],
    ...(options.isController ? {} : { watched: ['.'] }),
    environment: { PORT: port },
    ...options,
  });
}

const answer = (name: string): Promise<string> =>
  fetch(urls[name] ?? '')
    .then((response) => response.text())
    .catch(() => 'down');
const received = async (): Promise<unknown> => JSON.parse(await answer('controller'));
const command = (body: unknown) =>
  fetch(urls.controller ?? '', { method: 'POST', body: JSON.stringify(body) });
const patience = { timeout: 20_000 };
const list = (isRunning: boolean) => ({ services: [{ name: 'api', isRunning }] });

test('a stopped service is not started by a change of its files, and runs the changed ones when it is started again', async () => {
  await services.setRunning('api', false);
  expect(await answer('api')).toBe('down');
  expect(services.list()).toEqual([{ name: 'api', isRunning: false }]);
  await save('2');
  // The other one watches the same files: once it has restarted, both were notified.
  await expect.poll(() => answer('other'), patience).toBe('2');
  expect(printed).not.toContain('api: restarting');

  await services.setRunning('api', true);
  expect(await answer('api')).toBe('2');
  expect(services.list()).toEqual([{ name: 'api', isRunning: true }]);
  await save('3');
  await expect.poll(() => answer('api'), patience).toBe('3');
});

test('a controller is told which services run, and stops and starts those that can be stopped', async () => {
  await expect.poll(received, patience).toEqual(list(true));
  await command({ service: 'api', run: false });
  await expect.poll(received, patience).toEqual(list(false));
  expect(await answer('api')).toBe('down');

  for (const garbage of ['text', 1, null, [], {}, { service: 'api' }, { service: 'api', run: 'true' }])
    await command(garbage);
  for (const service of ['other', 'controller', 'nobody', '__proto__'])
    await command({ service, run: false });
  await command({ service: 'api', run: true });
  await expect.poll(received, patience).toEqual(list(true));
  expect(await answer('api')).toBe('1');
  expect(await answer('other')).toBe('1');
});

test('stopping and starting in quick succession ends as asked last', async () => {
  await Promise.all(
    [false, true, false, false, true].map((isRunning) => services.setRunning('api', isRunning)),
  );
  expect(await answer('api')).toBe('1');
  expect(services.list()).toEqual([{ name: 'api', isRunning: true }]);
});
