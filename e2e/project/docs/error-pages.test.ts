import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';

const root = resolve(import.meta.dirname, '../../..');
const priya = 'priya.raman@contoso.example';
const accessToken = 'npx -y pnpm@12 --silent access-token';

/** The commands under "How to see it here", with the number that each of them shows. */
const commands = globSync('docs/reference/errors/AADSTS*.md', { cwd: root }).flatMap((file) => {
  const [, seen = ''] =
    /## How to see it here\n\n([\s\S]+?)\n\n## /.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  const [, command] = /^```sh\n([\s\S]+?)^```/m.exec(seen) ?? [];
  return command === undefined ? [] : [{ number: basename(file, '.md'), command }];
});

let chain: Chain;
let servicePrincipals: Chain['tenant']['directory']['state']['servicePrincipals'];
beforeAll(async () => {
  chain = await startChain();
  servicePrincipals = structuredClone(chain.tenant.directory.state.servicePrincipals);
});
afterEach(async () => {
  chain.tenant.directory.state.servicePrincipals = structuredClone(servicePrincipals);
  await chain.reset();
});
afterAll(() => chain.close());

/** Runs a command as a reader would, against the chain of this test. A plain `access-token` needs no process of its own. */
async function run(command: string): Promise<string> {
  const token = command.includes(`$(${accessToken})`) ? await chain.accessTokenOf(priya) : '';
  const here = command
    .replaceAll(`$(${accessToken})`, token)
    .replaceAll('http://localhost:4400', new URL(chain.tenant.graphBaseUrl).origin)
    .replaceAll('http://localhost:4000', chain.middleTierUrl)
    .replaceAll('.data/', `${chain.dataDirectory}/`)
    .replaceAll(accessToken, `'${process.execPath}' infra/start/src/local-tenant/access-token.ts`);
  const shell = spawn('sh', ['-c', here], {
    cwd: root,
    // biome-ignore lint/style/noProcessEnv: the shell has to find its programs
    env: { PATH: process.env.PATH, DATA_DIRECTORY: chain.dataDirectory, NO_PROXY: '*' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (await Promise.all([text(shell.stdout), text(shell.stderr)])).join('\n');
}

test.each(commands)('the command on the page about $number shows it', async ({ number, command }) => {
  expect(await run(command)).toMatch(new RegExp(`${number}(?!\\d)`));
});

test('the example under "A request of your own" returns an overview', async () => {
  const [, command = ''] =
    /## A request of your own\n[\s\S]+?^```sh\n([\s\S]+?)^```/m.exec(
      readFileSync(join(root, 'docs/reference/errors/README.md'), 'utf8'),
    ) ?? [];
  const output = await run(command);
  expect(output).toContain('HTTP/1.1 200 OK');
  expect(output).toContain('Priya Raman');
});

test('more than 60 numbers have a command that shows them', () => {
  expect(commands.length).toBeGreaterThan(60);
});
