import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { PublicClientApplication, TokenCacheContext } from '@azure/msal-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTokenFile, tokenFileOf } from '../src/sign-in/token-file.ts';

describe('the file with the tokens is', () => {
  test.each<[string, NodeJS.Platform, string, Record<string, string>, string]>([
    [
      'in XDG_CONFIG_HOME',
      'linux',
      '/home/priya',
      { XDG_CONFIG_HOME: '/x' },
      '/x/entra-on-behalf-of/tokens-id.json',
    ],
    ['in ~/.config', 'linux', '/home/priya', {}, '/home/priya/.config/entra-on-behalf-of/tokens-id.json'],
    [
      'in ~/.config if XDG_CONFIG_HOME is relative',
      'linux',
      '/home/priya',
      { XDG_CONFIG_HOME: 'x' },
      '/home/priya/.config/entra-on-behalf-of/tokens-id.json',
    ],
    [
      'in Application Support on macOS',
      'darwin',
      '/Users/priya',
      { XDG_CONFIG_HOME: '/x' },
      '/Users/priya/Library/Application Support/entra-on-behalf-of/tokens-id.json',
    ],
    [
      'in LOCALAPPDATA on Windows',
      'win32',
      'C:\\Users\\priya',
      { LOCALAPPDATA: 'D:\\Data' },
      'D:\\Data\\entra-on-behalf-of\\tokens-id.json',
    ],
    [
      'in AppData\\Local on Windows without LOCALAPPDATA',
      'win32',
      'C:\\Users\\priya',
      {},
      'C:\\Users\\priya\\AppData\\Local\\entra-on-behalf-of\\tokens-id.json',
    ],
  ])('%s', (_where, platform, home, env, file) => {
    expect(tokenFileOf('id', env, platform, home)).toBe(file);
  });
});

describe('the file with the tokens', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    file = join(folder, 'tokens.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tokenCache = new PublicClientApplication({ auth: { clientId: 'id' } }).getTokenCache();
  const contextOf = (hasChanged: boolean) => new TokenCacheContext(tokenCache, hasChanged);

  test('is whole at every moment, also while many processes write it', async () => {
    const plugin = createTokenFile(file, () => {});
    await Promise.all(Array.from({ length: 50 }, () => plugin.afterCacheAccess(contextOf(true))));
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('RefreshToken');
    expect(await readdir(folder)).toEqual(['tokens.json']);
  });

  test('is not written if nothing has changed', async () => {
    await createTokenFile(file, () => {}).afterCacheAccess(contextOf(false));
    expect(await readdir(folder)).toEqual([]);
  });

  test('is named if it is a folder', async () => {
    await mkdir(file);
    const plugin = createTokenFile(file, () => {});
    await expect(plugin.beforeCacheAccess(contextOf(false))).rejects.toMatchObject({
      exitCode: 1,
      details: { code: 'token_file', detail: expect.stringContaining(`${file}: EISDIR`) },
    });
  });

  test.skipIf(process.platform === 'win32' || userInfo().uid === 0)(
    'is named if it may not be read',
    async () => {
      await writeFile(file, '{}');
      await chmod(file, 0o000);
      const plugin = createTokenFile(file, () => {});
      await expect(plugin.beforeCacheAccess(contextOf(false))).rejects.toMatchObject({
        details: { code: 'token_file', detail: expect.stringContaining('EACCES') },
      });
    },
  );
});
