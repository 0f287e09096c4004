import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { expect, test } from './fixtures.ts';
import { amara, priya } from './sign-in-pages.ts';

const program = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

/** Whether `script` is there, which runs a program in a terminal of its own (util-linux, macOS). */
const hasTerminals = spawnSync('script', ['--version']).error === undefined;
test.skip(!hasTerminals, 'script is missing');

let folder: string;
test.beforeEach(async () => {
  // `xdg-open` would take a space in the path for the end of the command.
  folder = await mkdtemp(join(tmpdir(), 'command-line-'));
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\necho "$1" > '${join(folder, 'opened')}'\n`);
  await chmod(browser, 0o755);
});
test.afterEach(() => rm(folder, { recursive: true }));

/** Runs a command in a terminal, with a program for a browser that writes the address down. */
function runInTerminal(environment: Readonly<Record<string, string>>, args: string) {
  const command = `"${process.execPath}" "${program}" ${args}`;
  const parameters =
    process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', command] : ['-qec', command, '/dev/null'];
  const child: ChildProcessWithoutNullStreams = spawn('script', parameters, {
    env: {
      ...observedEnvironment(),
      ...environment,
      SHELL: '/bin/sh',
      PATH: '/usr/bin:/bin',
      XDG_CONFIG_HOME: folder,
      BROWSER: join(folder, 'browser'),
    },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += stripVTControlCharacters(chunk);
    observeLog(chunk);
  });
  const exitCode = once(child, 'close').then(([code]) => code);
  const opened = async () => {
    const read = () => readFile(join(folder, 'opened'), 'utf8').catch(() => '');
    await expect.poll(read).toMatch(/^http\S+\n$/);
    return (await read()).trim();
  };
  return { opened, exitCode, output: () => output };
}

test('a user signs in from the command line in the browser, and the command continues', async ({
  page,
  chain,
  signIn,
}) => {
  const run = runInTerminal(chain.environments.cli, 'overview');
  await page.goto(await run.opened());
  await signIn.enter(priya.mail);
  await signIn.accept();
  await expect(page.getByRole('heading', { name: 'You are signed in' })).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
  expect(await run.exitCode).toBe(0);
  expect(run.output()).toContain('Manager: Amara Okafor');
});

test('a user who declines is told so, in the browser and on the command line', async ({
  page,
  chain,
  signIn,
}) => {
  const run = runInTerminal(chain.environments.cli, 'login');
  await page.goto(await run.opened());
  await signIn.enter(amara.mail);
  await signIn.decline();
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  expect(await run.exitCode).toBe(3);
  expect(run.output()).toContain('error: You did not give your consent');
});

test('a user signs in with a device code, on another page', async ({ page, chain, signIn, baseURL }) => {
  expect(baseURL).toBeDefined();
  chain.tenant.lifetimes.devicePolling = 0;
  const run = runInTerminal(chain.environments.cli, 'login --device-code');
  const printed = /go to (\S+)\s+and type the code (\w+)/;
  await expect.poll(run.output).toMatch(printed);
  const [, address = '', code = ''] = printed.exec(run.output()) ?? [];
  await page.goto(address);
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Next' }).click();
  await signIn.enter(priya.mail);
  await signIn.accept();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: /^You have signed in to Leave/ })).toBeVisible();
  expect(await run.exitCode).toBe(0);
  expect(run.output()).toContain(`Signed in as ${priya.mail}`);
});
