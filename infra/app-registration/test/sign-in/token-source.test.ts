import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { azureIdentitySources, hasBrowser, signInWays } from '../../src/sign-in/azure-identity.ts';
import { givenToken } from '../../src/sign-in/given-token.ts';
import { createSignIn, type TokenSource } from '../../src/sign-in/token-source.ts';

const hour = 3_600_000;

/** Creates a source that returns its name and a number, or fails. `asked` counts its calls. */
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
  test('uses the first source that works, announces it to the user, and keeps to it', async () => {
    const notified: string[] = [];
    const [cli, browser, code] = [
      source('Azure CLI', { fails: "Please run 'az login'\nor something" }),
      source('browser', { announcement: 'Sign in, in the browser' }),
      source('device code'),
    ];
    const signIn = createSignIn([cli, browser, code], (line) => notified.push(line));
    expect(signIn.source()).toBeNull();
    expect(await signIn.getToken()).toBe('browser 1');
    expect(await signIn.getToken()).toBe('browser 1');
    expect(signIn.source()).toBe('browser');
    expect([cli.asked, browser.asked, code.asked]).toEqual([1, 1, 0]);
    expect(notified).toEqual(['Sign in, in the browser']);
  });

  test('tries the next source when an announced one fails, and reports the failure', async () => {
    const notified: string[] = [];
    const browser = source('browser', { announcement: 'In the browser …', fails: 'AADSTS50105: no.' });
    const signIn = createSignIn([browser, source('device code')], (line) => notified.push(line));
    expect(await signIn.getToken()).toBe('device code 1');
    expect(notified).toEqual(['In the browser …', 'browser: AADSTS50105: no.']);
  });

  test('skips unavailable sources, and gives the reason for each when none works', async () => {
    const browser = source('browser', { unavailable: 'no display' });
    const signIn = createSignIn([source('Azure CLI', { fails: 'not found' }), browser], () => {});
    await expect(signIn.getToken()).rejects.toThrow(
      /Azure CLI: not found\n {2}browser: no display\n.*az login.*--graph-token-file/,
    );
    expect(browser.asked).toBe(0);
  });

  test('renews a token that is about to expire, with the same source', async () => {
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

  test('signs in once for concurrent calls', async () => {
    const cli = source('Azure CLI');
    const signIn = createSignIn([cli], () => {});
    await Promise.all([signIn.getToken(), signIn.getToken(), signIn.getToken()]);
    expect(cli.asked).toBe(1);
  });
});

describe('the ways to sign in with @azure/identity', () => {
  const sources = (more: object) =>
    azureIdentitySources({
      authorityUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
      interactive: true,
      hasBrowser: true,
      notify: () => {},
      ...more,
    });
  const available = (more: object) =>
    signInWays.filter((way) => sources(more)[way].unavailable === undefined);

  test('are Azure CLI, then the browser, then a code', () => {
    expect(available({})).toEqual(['azure-cli', 'browser', 'device-code']);
  });

  test('do not include the browser without a display', () => {
    expect(available({ hasBrowser: false })).toEqual(['azure-cli', 'device-code']);
  });

  test('are Azure CLI alone without a terminal', () => {
    expect(available({ interactive: false })).toEqual(['azure-cli']);
  });

  test.each<[string, Record<string, string>, NodeJS.Platform, boolean]>([
    ['a desktop on Linux', { DISPLAY: ':0' }, 'linux', true],
    ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    ['WSL', { WSL_DISTRO_NAME: 'Debian' }, 'linux', true],
    ['a server', {}, 'linux', false],
    ['macOS', {}, 'darwin', true],
    ['Windows', {}, 'win32', true],
    ['a remote session', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':0' }, 'linux', false],
    ['a build', { CI: 'true' }, 'darwin', false],
  ])('know whether the user can see a browser: %s', (_where, env, platform, expected) => {
    expect(hasBrowser(env, platform)).toBe(expected);
  });
});

describe('a given token', () => {
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
    ['with the Bearer prefix', (token: string) => `Bearer ${token}\n`],
  ])('is read from a file: %s', async (_how, written) => {
    const file = join(directory, 'token');
    await writeFile(file, written(tokenUntil(inAnHour)));
    expect(await givenToken(file, Readable.from([])).getToken()).toEqual({
      token: tokenUntil(inAnHour),
      expiresOnTimestamp: inAnHour * 1000,
    });
  });

  test('is read from standard input, even if only Graph can read its content', async () => {
    const { token } = await givenToken('-', Readable.from(['opaque-token'])).getToken();
    expect(token).toBe('opaque-token');
  });

  test.each([
    ['is empty', '-', ' \n', /it is empty/],
    ['has expired', '-', tokenUntil(inAnHour - 7200), /it has expired/],
    ['does not exist', '/nowhere/token', '', /\/nowhere\/token cannot be read/],
  ])('is rejected when it %s', async (_why, file, text, message) => {
    await expect(givenToken(file, Readable.from([text])).getToken()).rejects.toThrow(message);
  });
});
