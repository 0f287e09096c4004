import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { root } from './start-process.ts';

async function accessToken(args: readonly string[]) {
  const child = spawn(process.execPath, ['infra/start/src/local-tenant/access-token.ts', ...args], {
    cwd: root,
    // No apps are registered there.
    env: { DATA_DIRECTORY: '.data/no-such-folder' },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

test.each([
  {
    args: ['--help'],
    code: 0,
    stdout: /^Usage: .*access-token.*priya\.raman@contoso\.example/s,
    stderr: /^$/,
  },
  { args: ['-h'], code: 0, stdout: /^Usage: /, stderr: /^$/ },
  { args: ['--scope', 'x'], code: 1, stdout: /^$/, stderr: /unknown option '--scope'/ },
  { args: ['a', 'b', 'c'], code: 1, stdout: /^$/, stderr: /too many arguments/ },
  { args: [], code: 1, stdout: /^$/, stderr: /does not describe apps in the local tenant/ },
])('access-token $args', async ({ args, ...expected }) => {
  const { code, stdout, stderr } = await accessToken(args);
  expect({ code, stderr }).toEqual({ code: expected.code, stderr: expect.stringMatching(expected.stderr) });
  expect(stdout).toMatch(expected.stdout);
});
