import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { git } from '../../../infra/add-api/src/repository.ts';
import { drops } from '../../../infra/init/src/drops.ts';
import { partsOfLeave } from '../../../infra/init/src/example/examples.ts';
import { kept, names } from '../../../infra/init/src/names.ts';
import { findNames } from '../../../infra/init/src/rename.ts';
import { readTextFiles } from '../../../infra/init/src/repository.ts';
import { commit, copyRepository, run } from '../recipes/apply.ts';
import { expectLintToPass, expectTestsToPass, expectTypesToHold, linkApi, root } from '../recipes/recipe.ts';
import { brokenLinksIn } from '../recipes/removal.ts';

// A copy is renamed, formatted and type-checked as a whole.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const program = 'infra/init/src/main.ts';
const renaming = Object.entries({
  name: 'contoso-expenses',
  scope: '@contoso',
  prefix: 'contoso',
  title: 'Contoso Expenses',
  'display-name': 'Expenses',
  'access-scope': 'Expenses.Use',
  'spa-port': '5100',
  'middle-tier-port': '5200',
  'downstream-port': '5300',
  'local-tenant-port': '5400',
}).flatMap(([flag, value]) => [`--${flag}`, value]);

/** Runs init in a copy. It must end well. */
const init = (directory: string, ...flags: string[]) =>
  run(process.execPath, [program, ...flags], { cwd: directory, maxBuffer: 10_000_000 });

/** Runs init in a copy, and returns what it says when it refuses. */
const refused = (directory: string, ...flags: string[]): Promise<string> =>
  init(directory, ...flags).then(
    () => 'not refused',
    (error) => `${Object(error).stderr}`,
  );

const statusOf = (directory: string): Promise<string> => git(directory, 'status', '--porcelain');

/** Gives the packages in `node_modules` their new scope, as an installation would. */
async function installAgain(directory: string): Promise<void> {
  for (const scope of globSync(['{apps,infra}/*/node_modules/@obo', 'e2e/node_modules/@obo'], {
    cwd: directory,
  }))
    await rename(join(directory, scope), join(directory, scope, '../@contoso'));
}

/** Finds names of today in a copy, of those that the flags change. */
async function oldNamesIn(directory: string, flags: readonly string[]): Promise<string[]> {
  const files = await readTextFiles(directory);
  const changed = names.filter(({ flag }) => flags.includes(`--${flag}`));
  return files.flatMap(({ path, text }) => findNames(path, text, changed, kept));
}

/** Says whether the first diff on a page can be applied to its repository. */
async function fitsFirstDiff(repository: string, page: string): Promise<boolean> {
  const text = readFileSync(join(repository, page), 'utf8');
  const [, diff] = /^```diff\n([\s\S]*?)^```$/m.exec(text) ?? [];
  if (diff === undefined) return false;
  const directory = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(directory, 'page.diff'), diff);
  return git(repository, 'apply', '--check', join(directory, 'page.diff'))
    .then(
      () => true,
      () => false,
    )
    .finally(() => rm(directory, { recursive: true }));
}

describe('init', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fork-'));
    await copyRepository(root, directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('says with --help what it can rename', async () => {
    const { stdout } = await init(directory, '--help');
    for (const { flag, today } of names) expect(stdout).toMatch(new RegExp(`--${flag} .*${today}`));
  });

  test('refuses to run without flags where it cannot ask', async () => {
    expect(await refused(directory)).toMatch(/no flags, and no terminal/);
  });

  test('names every invalid answer at once', async () => {
    expect(await refused(directory, '--name', 'A', '--spa-port', '80')).toMatch(
      /^--name A: .*\n--spa-port 80: .*\nNothing was changed\.\n$/,
    );
  });

  test('refuses names that the repository has already', async () => {
    expect(await refused(directory, '--scope', '@azure', '--access-scope', 'Leave.Read')).toMatch(
      /^--scope @azure: packages from npm.*\n--access-scope Leave\.Read: exists already, in .*\.ts\nNothing/,
    );
  });

  test.each([
    ['user/users', /^--domain user\/users: user exists already, in apps\/.*\nNothing was changed/],
    ['token/tokens', /exists already, in apps\//],
    ['profile/profiles', /exists already, in apps\//],
  ])('rejects the domain %s, whose names mean something else', async (domain, problem) => {
    expect(await refused(directory, '--domain', domain)).toMatch(problem);
    expect(await statusOf(directory)).toBe('');
  });

  test('refuses a repository with changes, and says how to undo those of an interrupted run', async () => {
    const file = join(directory, 'README.md');
    await appendFile(file, 'Mine\n');
    expect(await refused(directory, '--name', 'expenses')).toMatch(/M README\.md[\s\S]*git restore :\//);
    await git(directory, 'restore', ':/');
    await writeFile(join(directory, 'mine.txt'), 'Mine\n');
    expect(await refused(directory, '--name', 'expenses')).toMatch(/\?\? mine\.txt/);
    await rm(join(directory, 'mine.txt'));
  });

  test('refuses a folder that is no git repository', async () => {
    await rename(join(directory, '.git'), join(directory, '.git-elsewhere'));
    expect(await refused(directory, '--name', 'expenses')).toMatch(/is no git repository/);
    await rename(join(directory, '.git-elsewhere'), join(directory, '.git'));
  });

  test('prints with --dry-run what would change, and changes nothing', async () => {
    const { stdout } = await init(directory, ...renaming, '--dry-run');
    expect(stdout).toMatch(/ README\.md +\| /);
    expect(stdout).toMatch(/ infra\/init\/src\/main\.ts +\| /);
    expect(stdout).toMatch(/\d{3} files changed[\s\S]*Nothing was changed\.\n$/);
    expect(await statusOf(directory)).toBe('');
  });

  test('can be undone, and run again, when it was interrupted while it wrote', async () => {
    const started = spawn(process.execPath, [program, ...renaming], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.stdout.on('data', (text) => `${text}`.includes('Writing') && started.kill('SIGKILL'));
    await once(started, 'close');
    await git(directory, 'restore', ':/');
    expect(await statusOf(directory)).toBe('');
  });
});

/** Returns the name of the page that says how to remove a part. */
const pageOf = (part: string): string =>
  basename(drops.find(({ name }) => name === part)?.page ?? part, '.md');

const without = (...parts: string[]): string[] => parts.flatMap((part) => ['--without', part]);

const combinations = [
  {
    name: 'a renamed copy',
    flags: renaming,
    projects: ['.', 'apps/spa', 'infra/local-tenant', 'e2e'],
    tests: [
      'e2e/project/pages/pages.test.ts',
      'e2e/project/structure.test.ts',
      'infra/app-registration/test/register.test.ts',
      'infra/doctor/test/machine.test.ts',
      'apps/service-defaults/test/observability/metrics.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
    ],
    gone: [],
    testsWithApi: [
      'apps/time-sheets-api/test/time-sheets-api.test.ts',
      'e2e/http/time-sheets.test.ts',
      'infra/app-registration/test/register.test.ts',
      'e2e/project/pages/pages.test.ts',
    ],
  },
  {
    name: 'a renamed copy without Redis, passport-azure-ad and whatever else can go with them',
    flags: [
      ...without(
        'redis',
        'passport-azure-ad',
        'bff',
        'approvals',
        'telemetry',
        'cli',
        'clouds',
        'control-room',
        'bench',
      ),
      ...renaming,
    ],
    projects: ['.', 'apps/spa', 'e2e'],
    tests: [
      'e2e/project/pages/pages.test.ts',
      'apps/access-token/test/guard.test.ts',
      'apps/on-behalf-of/test/token-cache.test.ts',
      'e2e/http/exchange.test.ts',
    ],
    gone: [
      'remove-redis',
      'replace-passport-azure-ad',
      'remove-the-backend-for-frontend',
      'remove-the-calendar',
      'remove-approvals',
      'remove-telemetry',
      'remove-the-command-line',
      'remove-other-clouds',
      'remove-the-tutorial',
      'remove-the-control-room',
      'remove-the-benchmarks',
    ],
    testsWithApi: [],
  },
  {
    name: 'a renamed copy without the local tenant, the calendar and jose',
    flags: [...without('local-tenant', 'calendar', 'jose'), ...renaming.slice(0, -2)],
    projects: ['.', 'apps/spa', 'e2e'],
    tests: [
      'e2e/project/pages/pages.test.ts',
      'e2e/project/structure.test.ts',
      'apps/access-token/test/guard.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
    ],
    gone: ['remove-the-local-tenant', 'remove-the-calendar', 'remove-jose'],
    testsWithApi: [
      'apps/time-sheets-api/test/time-sheets-api.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
      'e2e/project/pages/pages.test.ts',
    ],
  },
  {
    name: 'a copy with a greeting',
    flags: ['--bare'],
    projects: ['.', 'apps/spa', 'infra/local-tenant', 'e2e'],
    tests: [
      'e2e/project/pages/pages.test.ts',
      'e2e/project/structure.test.ts',
      'apps/downstream-api/test/access.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
      'apps/middle-tier-api/test/http-surface.test.ts',
      'apps/spa/src/overview/hops.test.ts',
      'e2e/http/contracts/contracts.test.ts',
      'e2e/http/exchange.test.ts',
      'e2e/http/overview.test.ts',
      'infra/doctor/test/drifts.test.ts',
    ],
    gone: [...partsOfLeave.map(pageOf), 'remove-redis', 'remove-the-local-tenant'],
    testsWithApi: [],
  },
  {
    name: 'a renamed copy with expenses',
    flags: ['--domain', 'expense/expenses', ...renaming],
    projects: ['.', 'apps/spa', 'infra/local-tenant', 'e2e'],
    tests: [
      'e2e/project/pages/pages.test.ts',
      'e2e/project/structure.test.ts',
      'apps/downstream-api/test/expenses/expenses.test.ts',
      'apps/downstream-api/test/bad-input.test.ts',
      'apps/middle-tier-api/test/http-surface.test.ts',
      'apps/spa/src/expenses/create-expense.test.tsx',
      'e2e/http/contracts/contracts.test.ts',
      'e2e/http/overview.test.ts',
      'infra/app-registration/test/register.test.ts',
    ],
    gone: [...partsOfLeave.map(pageOf), 'remove-redis', 'remove-the-local-tenant'],
    testsWithApi: [],
  },
  {
    name: 'a copy with time sheets, without a local tenant',
    flags: ['--domain', 'time-sheet/time-sheets', ...without('redis', 'local-tenant', 'jose', 'clouds')],
    projects: ['.', 'apps/spa', 'e2e'],
    tests: [
      'e2e/project/structure.test.ts',
      'apps/downstream-api/test/time-sheets/time-sheets.test.ts',
      'apps/middle-tier-api/test/configuration.test.ts',
    ],
    gone: [...partsOfLeave, 'redis', 'local-tenant', 'jose', 'clouds'].map(pageOf),
    testsWithApi: [],
  },
];

describe.each(combinations)('$name', ({ flags, projects, tests, gone, testsWithApi }) => {
  let directory: string;
  let output: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fork-'));
    await copyRepository(root, directory);
    ({ stdout: output } = await init(directory, ...flags));
    if (flags.includes('--scope')) await installAgain(directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('has no name of today', async () => expect(await oldNamesIn(directory, flags)).toEqual([]));

  test('has no broken link', async () => expect(await brokenLinksIn(directory)).toEqual([]));

  test('says what to do next, and knows nothing of init', async () => {
    expect(output).toMatch(/Next:\n1\. npx -y pnpm@12 install\n/);
    expect(output).toContain(flags.includes('--title') ? "--title 'Contoso Expenses'" : flags.join(' '));
    expect(output).not.toContain('These places');
    const mentions = await git(directory, 'grep', '-lE', 'infra/init|project/init|"init"').catch(() => '');
    expect(mentions).toBe('');
  });

  test('has neither the pages of what was removed, nor their tests', async () => {
    for (const page of gone) expect(existsSync(join(directory, `docs/how-to/${page}.md`)), page).toBe(false);
    const mentions =
      gone.length === 0 ? '' : await git(directory, 'grep', '-lE', gone.join('|')).catch(() => '');
    expect(mentions).toBe('');
  });

  test.runIf(flags.some((flag) => /^--(bare|domain)$/.test(flag)))('does not mention leave', async () => {
    const others = ['.', ':!pnpm-lock.yaml', ':!LICENSE'];
    expect(await git(directory, 'grep', '-niE', 'leave', '--', ...others).catch(() => '')).toBe('');
  });

  test('is formatted, with sorted imports', () => expectLintToPass(directory));

  test.each(projects)('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('passes its own tests', () => expectTestsToPass(directory, tests));

  // The page about the backend for frontend says that other changes do not fit afterwards.
  test.skipIf(flags.includes('bff'))('fits the recipes that it has as this repository does', async () => {
    for (const page of globSync('docs/how-to/*.md', { cwd: directory }))
      if (await fitsFirstDiff(root, page))
        expect({ page, fits: await fitsFirstDiff(directory, page) }).toEqual({ page, fits: true });
  });

  describe.runIf(testsWithApi.length > 0)('to which an API was added', () => {
    beforeAll(async () => {
      await commit(directory, 'Make it ours');
      await run(process.execPath, ['infra/add-api/src/main.ts', 'time-sheets'], { cwd: directory });
      await linkApi(directory, 'time-sheets');
      await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: directory });
    });

    test('has no broken link', async () => expect(await brokenLinksIn(directory)).toEqual([]));

    test('is formatted, with sorted imports', () => expectLintToPass(directory));

    test.each(projects)('passes the type checks of %s', (project) =>
      expectTypesToHold(join(directory, project)),
    );

    test('passes its own tests', () => expectTestsToPass(directory, testsWithApi));
  });
});
