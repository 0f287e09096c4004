import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { createMachine, type Machine } from './machine.ts';

const program = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

let chain: Chain;
let machine: Machine;
beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  machine = await createMachine(chain);
});
afterEach(() => machine.remove());
afterAll(() => chain.close());

/** Starts the command line in its own process, with pipes and without a terminal or a browser. */
const start = (args: readonly string[], environment = {}): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [program, ...args], {
    env: {
      ...observedEnvironment(),
      ...chain.environments.cli,
      XDG_CONFIG_HOME: machine.configuration,
      ...environment,
    },
  });

async function outcomeOf(child: ChildProcessWithoutNullStreams) {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  for (const output of [stdout, stderr]) observeLog(output);
  return { stdout, stderr, exitCode };
}

test('in a pipe, only the JSON document is on stdout, and nothing on stderr', async () => {
  await machine.run(['login']);
  const { stdout, stderr, exitCode } = await outcomeOf(start(['overview', '--json']));
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ profile: { data: { name: 'Priya Raman' } } });
});

test('without a terminal nobody is asked, also if stdin stays open', async () => {
  expect(await outcomeOf(start(['overview']))).toEqual({
    stdout: '',
    stderr: expect.stringContaining('You are not signed in. Sign in with the command login.'),
    exitCode: 3,
  });
});

test('a reader that stops early is no failure', async () => {
  await machine.run(['login']);
  const child = start(['overview']);
  child.stdout.destroy();
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.each([
  ['login', 'without a browser', {}],
  ['login', 'with a browser that cannot be opened', { BROWSER: '/nowhere/browser' }],
  ['login --device-code', 'for another device', {}],
])('Ctrl-C ends %s %s while it waits, and leaves nothing behind', async (command, _where, environment) => {
  const child = start(command.split(' '), environment);
  child.stderr.on('data', (chunk) => {
    if (String(chunk).includes('Ctrl-C cancels.')) child.kill('SIGINT');
  });
  const { stdout, stderr, exitCode } = await outcomeOf(child);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
  expect(stderr).toMatch(/\nCanceled\.\n$/);
  expect(await readdir(machine.configuration)).toEqual([]);
});

test('help needs no configuration', async () => {
  const child = spawn(process.execPath, [program, 'leave', '--help'], { env: observedEnvironment() });
  expect(await outcomeOf(child)).toEqual({
    stdout: expect.stringContaining('cancels a leave request'),
    stderr: '',
    exitCode: 0,
  });
});
