import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { type MiddleTierProcess, startMiddleTierProcess } from '../../chain/middle-tier-process.ts';
import { applyDiff, applyRecipe, copyRepository, run } from './apply.ts';

export const root = resolve(import.meta.dirname, '../../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const priya = 'priya.raman@contoso.example';

/** Copies the repository, and follows the recipe on a page in the copy. @returns the copy, which the caller removes. */
export async function copyWithout(page: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'recipe-'));
  await copyRepository(root, directory);
  await applyRecipe(root, page, directory);
  return directory;
}

/** Copies the APIs, their libraries and the registration, and applies the diff on a page to the copy. */
export async function applyTo(directory: string, page: string): Promise<void> {
  const isSource = (path: string): boolean => !/\/(dist|test|\.data)(\/|$)/.test(path.slice(root.length));
  const apis = ['middle-tier-api', 'downstream-api', 'access-token', 'on-behalf-of', 'service-defaults'].map(
    (name) => `apps/${name}`,
  );
  for (const part of [...apis, 'infra/app-registration', 'package.json', 'pnpm-workspace.yaml'])
    await cp(join(root, part), join(directory, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isSource,
    });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const configuration = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ ...configuration, include: ['apps/*/src'] }),
  );
  await applyDiff(root, page, directory);
}

/** Links in a copy what an installation would link for an API that was added. */
export async function linkApi(directory: string, name: string): Promise<void> {
  const folder = join(directory, `apps/${name}-api`);
  const modules = join(directory, 'apps/downstream-api/node_modules');
  await cp(modules, join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  const { name: itsPackage } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  await symlink(`../../../apps/${name}-api`, join(directory, 'e2e/node_modules', itsPackage));
}

/** Checks that a copy is formatted, with sorted imports, and passes the linter. */
export async function expectLintToPass(directory: string): Promise<void> {
  const biome = join(directory, 'node_modules/@biomejs/biome/bin/biome');
  await expect(run(process.execPath, [biome, 'ci'], { cwd: directory })).resolves.toBeDefined();
}

/** Runs test files of a copy. */
export async function expectTestsToPass(directory: string, files: readonly string[]): Promise<void> {
  const vitest = join(directory, 'node_modules/vitest/vitest.mjs');
  // biome-ignore lint/style/noProcessEnv: vitest has to find its programs, and must not know that a test runs it
  const env = { PATH: process.env.PATH, NO_COLOR: '1' };
  const { stdout } = await run(process.execPath, [vitest, 'run', ...files], { cwd: directory, env });
  expect(stdout).toMatch(new RegExp(`Test Files +${files.length} passed \\(`));
}

/** Checks the types of a copy, or of one of its projects. */
export async function expectTypesToHold(directory: string): Promise<void> {
  await expect(run(process.execPath, [tsc, '-p', directory])).resolves.toMatchObject({ stdout: '' });
}

export async function overviewOf(chain: Chain, { url }: Pick<MiddleTierProcess, 'url'>) {
  const token = await chain.accessTokenOf(priya);
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return { headers: response.headers, body: await response.json() };
}

/** Starts the middle tier of a copy in a chain of its own, and returns its overview. */
export async function overviewOfCopy(directory: string): ReturnType<typeof overviewOf> {
  const chain = await startChain();
  const middleTier = await startMiddleTierProcess(
    { ...chain.environments.middleTierApi, PORT: '0' },
    { directory: join(directory, 'apps/middle-tier-api') },
  );
  try {
    return await overviewOf(chain, middleTier);
  } finally {
    middleTier.signal('SIGKILL');
    await middleTier.ended;
    await chain.close();
  }
}

/** Checks that the middle tier of a copy returns both sections of the overview. */
export async function expectMiddleTierToWork(directory: string): Promise<void> {
  expect((await overviewOfCopy(directory)).body).toMatchObject({
    profile: { state: 'ok' },
    leave: { state: 'ok' },
  });
}
