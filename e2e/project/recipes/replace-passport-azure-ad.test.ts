import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './apply.ts';
import { copyWithout, expectMiddleTierToWork, expectTypesToHold } from './recipe.ts';

describe('removing passport-azure-ad as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout('docs/how-to/replace-passport-azure-ad.md');
    await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: directory });
    for (const name of ['passport-azure-ad', '@types/passport-azure-ad'])
      await rm(join(directory, 'apps/access-token/node_modules', name));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', () => expectMiddleTierToWork(directory));

  test('removes it from the code and the configuration', async () => {
    const { stdout } = await run('git', ['grep', '-l', 'passport-azure-ad', '--', 'apps', 'e2e', '*.yaml'], {
      cwd: directory,
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((file) => !/\.md$|^pnpm-lock\.yaml$|^e2e\/project\/init\//.test(file)),
    ).toEqual(['e2e/project/recipes/replace-passport-azure-ad.test.ts']);
  });

  test('keeps the tests of the guard and of the configuration passing', async () => {
    const vitest = join(directory, 'node_modules/vitest/vitest.mjs');
    // biome-ignore lint/style/noProcessEnv: vitest has to find its programs, and must not know that a test runs it
    const env = { PATH: process.env.PATH, NO_COLOR: '1' };
    const tests = ['catalogue', 'guard', 'validated-tokens', 'api/test/configuration'].map(
      (name) => `${name}.test.ts`,
    );
    const { stdout } = await run(process.execPath, [vitest, 'run', ...tests], { cwd: directory, env });
    expect(stdout).toMatch(/Test Files +\d+ passed/);
  });
});
