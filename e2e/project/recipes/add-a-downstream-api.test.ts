import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { git } from '../../../infra/add-api/src/repository.ts';
import { findBrokenLinks } from '../docs/broken-links.ts';
import { commit, copyRepository, run } from './apply.ts';
import { expectLintToPass, expectTestsToPass, expectTypesToHold, linkApi, root } from './recipe.ts';

// A copy is type-checked as a whole, and runs tests of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const downstreamPort = 4100;
const localTenantPort = 4400;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'add-api-'));
  await copyRepository(root, directory);
});
afterAll(() => rm(directory, { recursive: true }));

const node = (...args: string[]) => run(process.execPath, args, { cwd: directory, maxBuffer: 10_000_000 });
const addApi = (...args: string[]) => node('infra/add-api/src/main.ts', ...args);

/** Runs add-api in the copy, and returns what it says when it refuses. */
const refused = (...args: string[]): Promise<string> =>
  addApi(...args).then(
    () => 'not refused',
    (error) => `${Object(error).stderr}`,
  );

const statusOf = (): Promise<string> => git(directory, 'status', '--porcelain');

describe('add-api refuses', () => {
  test.each([
    { title: 'no name', args: [], reason: 'Name one API' },
    { title: 'two names', args: ['reports', 'sheets'], reason: 'Name one API' },
    { title: 'an unknown flag', args: ['reports', '--colour'], reason: "Unknown option '--colour'" },
    { title: 'capitals', args: ['Reports'], reason: 'Reports must be lowercase' },
    { title: 'a digit at the start', args: ['2nd'], reason: '2nd must be lowercase' },
    { title: 'an underscore', args: ['time_sheets'], reason: 'time_sheets must be lowercase' },
    { title: 'a path', args: ['../reports'], reason: '../reports must be lowercase' },
    { title: 'a long name', args: ['a'.repeat(41)], reason: 'at most 40' },
    { title: 'the end that it adds', args: ['reports-api'], reason: 'omit it' },
    { title: 'a name of every object', args: ['constructor'], reason: 'every object' },
    { title: 'an API that exists', args: ['downstream'], reason: 'exists already, in apps/downstream-api' },
    { title: 'a section that exists', args: ['profile'], reason: 'profile: exists already, in apps/middle' },
    { title: 'a resource that exists', args: ['graph'], reason: 'GRAPH_ exists already, in apps/middle' },
    { title: 'no port', args: ['reports', '--port', '80'], reason: '--port 80: must be a number from 1024' },
    { title: "another API's port", args: ['reports', '--port', `${downstreamPort}`], reason: '4200 is free' },
    {
      title: "the local tenant's port",
      args: ['reports', '--port', `${localTenantPort}`],
      reason: 'is taken',
    },
  ])('$title, and changes nothing', async ({ args, reason }) => {
    const message = await refused(...args);
    expect(message).toContain(reason);
    expect(message).toMatch(/\nNothing was changed\.\n$/);
    expect(await statusOf()).toBe('');
  });

  test('a repository with changes, and says how to undo those of an interrupted run', async () => {
    await writeFile(join(directory, 'mine.txt'), 'Mine\n');
    expect(await refused('reports')).toMatch(/\?\? mine\.txt[\s\S]*`git restore :\/` with `git clean/);
    await rm(join(directory, 'mine.txt'));
  });

  test('code that it does not know, and names each place', async () => {
    const file = join(directory, 'apps/middle-tier-api/src/app.ts');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('const sections = {', 'const parts = {'));
    await commit(directory, 'Change the code');
    expect(await refused('reports')).toMatch(
      /^apps\/middle-tier-api\/src\/app\.ts has changed: .*\n {2}const sect/,
    );
    expect(await statusOf()).toBe('');
    await git(directory, 'reset', '-q', '--hard', 'HEAD~1');
  });
});

test('add-api prints with --dry-run what would change, and changes nothing', async () => {
  const { stdout } = await addApi('reports', '--dry-run');
  expect(stdout).toMatch(/^new {5}apps\/reports-api\/src\/main\.ts$/m);
  expect(stdout).toMatch(/^changed apps\/middle-tier-api\/src\/app\.ts$/m);
  expect(stdout).toMatch(/Nothing was changed\.\n$/);
  expect(await statusOf()).toBe('');
});

// A name of two words, and one that no variable can have.
describe.each(['time-sheets', 'new'])('a copy to which the API %s was added', (name) => {
  let output: string;
  beforeAll(async () => {
    ({ stdout: output } = await addApi(name));
    await linkApi(directory, name);
    await node('e2e/project/pages/write-pages.ts');
    await commit(directory, 'Add an API');
  });

  test('says what to do next', () => {
    expect(output).toMatch(/Next:\n1\. npx -y pnpm@12 install\n2\. npx -y pnpm@12 run doc-tables/);
  });

  test('is formatted, with sorted imports', () => expectLintToPass(directory));

  test.each(['.', 'apps/spa', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test("passes the API's tests, and those of the chain with it, of registration and of configuration", () =>
    expectTestsToPass(directory, [
      `apps/${name}-api/test/${name}-api.test.ts`,
      `e2e/http/${name}.test.ts`,
      'e2e/http/overview.test.ts',
      'e2e/http/contracts/contracts.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
      'infra/app-registration/test/register.test.ts',
      'infra/app-registration/test/description.test.ts',
      'infra/doctor/test/files.test.ts',
      'infra/doctor/test/machine.test.ts',
      'e2e/project/pages/pages.test.ts',
      'e2e/project/structure.test.ts',
    ]));

  test('has no broken link', async () => {
    for (const page of [`apps/${name}-api/README.md`, 'docs/how-to/register-in-the-portal.md'])
      expect(await findBrokenLinks(directory, page)).toEqual([]);
  });
});
