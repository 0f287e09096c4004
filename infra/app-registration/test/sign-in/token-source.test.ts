import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { azureIdentitySources, hasBrowser, signInWays } from '../../src/sign-in/azure-identity.ts';
import { givenToken } from '../../src/sign-in/given-token.ts';
import { createSignIn, type TokenSource } from '../../src/sign-in/token-source.ts';

const hour = 3_600_000;

/** A source that answers with its name and a number, or fails; `asked` counts. */
function source(name: string, { fails, ...more }: Partial<TokenSource> & { fails?: string } = {}) {
  const made: TokenSource & { asked: number } = {
    name,
    asked: 0,
    async getToken() {
      made.asked += 1;
      if (fails !== undefined) throw new Error(fails);
      return { token: `${name} ${made.asked}`, expiresOnTimestamp: Date.now() + hour };
    },
    ...more,
  };
  return made;
}

describe('signing in', () => {
  test('takes the first source that works, tells what is asked of the person, and stays with it', async () => {
    const said: string[] = [];
    const [cli, browser, code] = [
      source('Azure CLI', { fails: "Please run 'az login'\nor something" }),
      source('browser', { announcement: 'Sign in, in the browser' }),
      source('device code'),
    ];
    const signIn = createSignIn([cli, browser, code], (line) => said.push(line));
    expect(signIn.source()).toBeNull();
    expect(await signIn.getToken()).toBe('browser 1');
    expect(await signIn.getToken()).toBe('browser 1');
    expect(signIn.source()).toBe('browser');
    expect([cli.asked, browser.asked, code.asked]).toEqual([1, 1, 0]);
    expect(said).toEqual(['Sign in, in the browser']);
  });

  test('goes on when what was announced fails, and says so', async () => {
    const said: string[] = [];
    const browser = source('browser', { announcement: 'In the browser …', fails: 'AADSTS50105: no.' });
    const signIn = createSignIn([browser, source('device code')], (line) => said.push(line));
    expect(await signIn.getToken()).toBe('device code 1');
    expect(said).toEqual(['In the browser …', 'browser: AADSTS50105: no.']);
  });

  test('does not try what cannot work here, and says why of each when nothing does', async () => {
    const browser = source('browser', { unavailable: 'there is no display here' });
    const signIn = createSignIn([source('Azure CLI', { fails: 'not found' }), browser], () => {});
    await expect(signIn.getToken()).rejects.toThrow(
      /Azure CLI: not found\n {2}browser: there is no display here\n.*az login.*--graph-token-file/,
    );
    expect(browser.asked).toBe(0);
  });

  test('renews a token that is about to end, with the same source', async () => {
    let now = Date.now();
    const [cli, browser] = [source('Azure CLI'), source('browser')];
    const signIn = createSignIn(
      [cli, browser],
      () => {},
      () => now,
    );
    await signIn.getToken();
    now += hour - 60_000;
    expect(await signIn.getToken()).toBe('Azure CLI 2');
    expect(browser.asked).toBe(0);
  });

  test('calls at the same time sign in once', async () => {
    const cli = source('Azure CLI');
    const signIn = createSignIn([cli], () => {});
    await Promise.all([signIn.getToken(), signIn.getToken(), signIn.getToken()]);
    expect(cli.asked).toBe(1);
  });
});

describe('the ways of @azure/identity', () => {
  const sources = (more: object) =>
    azureIdentitySources({
      authorityUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
      interactive: true,
      hasBrowser: true,
      say: () => {},
      ...more,
    });
  const available = (more: object) =>
    signInWays.filter((way) => sources(more)[way].unavailable === undefined);

  test('are Azure CLI, then the browser, then a code', () => {
    expect(available({})).toEqual(['azure-cli', 'browser', 'device-code']);
  });

  test('leave out the browser where there is no display', () => {
    expect(available({ hasBrowser: false })).toEqual(['azure-cli', 'device-code']);
  });

  test('are Azure CLI alone where nobody is there', () => {
    expect(available({ interactive: false })).toEqual(['azure-cli']);
  });

  test.each<[string, Record<string, string>, NodeJS.Platform, boolean]>([
    ['a desktop on Linux', { DISPLAY: ':0' }, 'linux', true],
    ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    ['WSL', { WSL_DISTRO_NAME: 'Debian' }, 'linux', true],
    ['a server', {}, 'linux', false],
    ['macOS', {}, 'darwin', true],
    ['Windows', {}, 'win32', true],
    ['a session from afar', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':0' }, 'linux', false],
    ['a build', { CI: 'true' }, 'darwin', false],
  ])('know whether a browser that opens is seen: %s', (_where, env, platform, expected) => {
    expect(hasBrowser(env, platform)).toBe(expected);
  });
});

describe('a token that was given', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'given-token-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const tokenUntil = (exp: number) =>
    ['e30', Buffer.from(JSON.stringify({ exp })).toString('base64url'), 'x'].join('.');
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  test.each([
    ['as it is', (token: string) => token],
    ['as it is copied', (token: string) => `Bearer ${token}\n`],
  ])('is read from a file: %s', async (_how, written) => {
    const file = join(directory, 'token');
    await writeFile(file, written(tokenUntil(inAnHour)));
    expect(await givenToken(file, Readable.from([])).getToken()).toEqual({
      token: tokenUntil(inAnHour),
      expiresOnTimestamp: inAnHour * 1000,
    });
  });

  test('is read from standard input, also if it is one that nobody but Graph can read', async () => {
    const { token } = await givenToken('-', Readable.from(['opaque-token'])).getToken();
    expect(token).toBe('opaque-token');
  });

  test.each([
    ['is empty', '-', ' \n', /it is empty/],
    ['has expired', '-', tokenUntil(inAnHour - 7200), /it has expired/],
    ['is not there', '/nowhere/token', '', /\/nowhere\/token cannot be read/],
  ])('is refused when it %s', async (_why, file, text, message) => {
    await expect(givenToken(file, Readable.from([text])).getToken()).rejects.toThrow(message);
  });
});
