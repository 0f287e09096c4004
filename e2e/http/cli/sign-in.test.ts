import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Chain, startChain } from '../../chain/chain.ts';
import { amara, createMachine, type Machine, priya } from './machine.ts';

let chain: Chain;
let machine: Machine;
beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  await chain.reset();
  machine = await createMachine(chain);
});
afterEach(() => machine.remove());
afterAll(() => chain.close());

const cacheSchema = z.object({
  AccessToken: z.record(z.string(), z.looseObject({ secret: z.string(), expires_on: z.string() })),
});
const readCache = async () =>
  cacheSchema.parse(JSON.parse(await readFile(await machine.tokenFile(), 'utf8')));
const readToken = async () => Object.values((await readCache()).AccessToken)[0]?.secret ?? '';

/** Changes the access token in the file: what MSAL knows about it, or the token itself. */
async function changeAccessToken(changes: { expires_on?: string; secret?: string }): Promise<void> {
  const cache = await readCache();
  for (const token of Object.values(cache.AccessToken)) Object.assign(token, changes);
  const file = await machine.tokenFile();
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...cache }));
}

const isPosix = process.platform !== 'win32';

describe.each([
  { way: 'in the browser, with PKCE and a free port on loopback', args: ['login'] },
  { way: 'with a device code', args: ['login', '--device-code'] },
])('signing in $way', ({ args }) => {
  test('gets a token for the middle tier, with which commands work', async () => {
    const { exitCode, stdout, opened } = await machine.run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `Signed in as ${priya}\n` });
    expect(decodeJwt(await readToken())).toMatchObject({
      azp: chain.environments.cli.CLIENT_ID,
      aud: chain.environments.middleTierApi.CLIENT_ID,
      xms_cc: ['CP1'],
    });
    for (const { searchParams } of opened)
      expect(Object.fromEntries(searchParams)).toMatchObject({
        code_challenge_method: 'S256',
        redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      });
    const overview = await machine.run(['overview'], { isInteractive: false });
    expect(overview).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Priya Raman') });
  });

  test('is reported as canceled if the user declines to consent', async () => {
    expect(await machine.run(args, { consent: 'decline' })).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(/error: You (did not give your consent|canceled)\n/),
    });
    expect((await machine.run(['whoami'])).exitCode).toBe(3);
  });
});

test('without a browser the address is printed, and none is opened', async () => {
  const { stderr, opened } = await machine.run(['login', '--device-code'], { hasBrowser: false });
  expect(opened).toEqual([]);
  expect(stderr).toContain('/devicelogin');
});

test.skipIf(!isPosix)('tokens are kept in a file that only its owner can read', async () => {
  await machine.run(['login']);
  const file = await machine.tokenFile();
  expect(file).toBe(
    join(machine.configuration, 'entra-on-behalf-of', `tokens-${chain.environments.cli.CLIENT_ID}.json`),
  );
  await chmod(file, 0o644);
  await machine.run(['login']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(file, '..'))).toHaveLength(1);
});

test.each([
  ['no JSON', '{"Account": {'],
  ['not what MSAL wrote', '{"Account": ["x"]}'],
])('a file with tokens that is %s is put aside, and the user signs in again', async (_what, content) => {
  await machine.run(['login']);
  const file = await machine.tokenFile();
  await writeFile(file, content);
  const { exitCode, stderr, opened } = await machine.run(['overview']);
  expect({ exitCode, opened: opened.length }).toEqual({ exitCode: 0, opened: 1 });
  expect(stderr).toContain(`It is kept as ${file}.unreadable`);
  expect(await readFile(`${file}.unreadable`, 'utf8')).toBe(content);
});

test('whoami shows who is signed in', async () => {
  await machine.run(['login']);
  expect((await machine.run(['whoami'])).stdout).toBe(
    `Priya Raman\n${priya}\nTenant ${chain.tenant.tenantId}\n`,
  );
  expect(JSON.parse((await machine.run(['whoami', '--json'])).stdout)).toEqual({
    name: 'Priya Raman',
    username: priya,
    tenantId: chain.tenant.tenantId,
    objectId: chain.tenant.directory.findUser(priya)?.id,
  });
});

test('signing in as another user removes the tokens of the first', async () => {
  await machine.run(['login']);
  const { username } = JSON.parse((await machine.run(['login', '--json'], { as: amara })).stdout);
  expect(username).toBe(amara);
  expect(await readFile(await machine.tokenFile(), 'utf8')).not.toContain(priya);
});

test('logout removes the tokens from the machine', async () => {
  await machine.run(['login']);
  const file = await machine.tokenFile();
  expect((await machine.run(['logout'])).exitCode).toBe(0);
  await expect(stat(file)).rejects.toThrow('ENOENT');
  expect((await machine.run(['whoami'])).exitCode).toBe(3);
  expect((await machine.run(['logout'])).stdout).toBe('Nobody was signed in.\n');
});

test('an access token that the middle tier rejects is renewed without the user', async () => {
  await machine.run(['login']);
  const token = await readToken();
  await changeAccessToken({ secret: `${token.slice(0, -8)}AAAAAAAA` });
  expect(await machine.run(['overview'])).toMatchObject({ exitCode: 0, opened: [] });
});

describe('after the session was revoked', () => {
  beforeEach(async () => {
    await machine.run(['login']);
    chain.tenant.directory.state.revocations[chain.tenant.directory.findUser(priya)?.id ?? ''] = {
      signInSessionsValidFromDateTime: new Date().toISOString(),
    };
  });

  test.each([
    ['the access token has expired', { expires_on: '1' }],
    ['the middle tier learns of it', {}],
  ])('and %s, a command asks the user to sign in, and continues', async (_when, changes) => {
    await changeAccessToken(changes);
    const { exitCode, stdout, stderr, opened } = await machine.run(['overview']);
    expect({ exitCode, opened: opened.length }).toEqual({ exitCode: 0, opened: 1 });
    expect(stdout).toContain('Priya Raman');
    expect(stderr).toContain('your session has expired');
  });

  test('nothing is sent if another user signs in', async () => {
    await changeAccessToken({ expires_on: '1' });
    const { exitCode, stdout, stderr } = await machine.run(['overview'], { as: amara });
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(`You signed in as ${amara}, but were signed in as ${priya}. Nothing was sent`);
  });
});
