import { existsSync, globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findBrokenLinks } from '../docs/broken-links.ts';
import { applyRecipe, removePage, run } from './apply.ts';
import { copyWithout, expectLintToPass, expectTestsToPass, expectTypesToHold, root } from './recipe.ts';

// A copy is type-checked as a whole, and runs tests of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const biome = 'node_modules/@biomejs/biome/bin/biome';

interface Removal {
  /** The page to follow before this one, unless the fork has done so already. */
  first?: string;
  /** What nothing mentions afterwards, as an extended regular expression, whatever the case. */
  mentions: string;
  /** Where the same words mean something else, as paths for git. */
  except?: readonly string[];
  /** Projects of TypeScript that it changes. */
  projects: readonly string[];
  /** Tests of the copy that it could break. */
  tests: readonly string[];
}

/** Returns the links of all pages that lead nowhere. */
export async function brokenLinksIn(directory: string): Promise<string[]> {
  const pages = globSync(['*.md', '{docs,apps,infra}/**/*.md'], {
    cwd: directory,
    exclude: ['**/node_modules/**'],
  });
  const broken = await Promise.all(
    pages.map(async (page) => (await findBrokenLinks(directory, page)).map((link) => `${page}: ${link}`)),
  );
  return broken.flat();
}

/** Returns the lines that mention what was removed, except those about other recipes, which know about all parts. */
export async function mentionsIn(
  directory: string,
  mentions: string,
  except: readonly string[] = [],
): Promise<string> {
  const recipes = ['docs/how-to/*re[mp]*.md', 'e2e/project/recipes', 'infra/init', 'e2e/project/init'];
  const others = ['pnpm-lock.yaml', 'CHANGELOG.md', 'docs/how-to/make-it-yours.md', ...recipes, ...except];
  const pathspecs = ['.', ...others.map((path) => `:!${path}`)];
  // It exits with 1 if there are none.
  return run('git', ['grep', '-niE', mentions, '--', ...pathspecs], { cwd: directory }).then(
    ({ stdout }) => stdout,
    (error) => `${Object(error).stdout}`,
  );
}

/** Follows a page that says how to remove a part in a copy, and checks that the copy is whole. */
export function testRemoval(page: string, { first, mentions, except = [], projects, tests }: Removal): void {
  describe(`following ${page}`, () => {
    let directory: string;
    beforeAll(async () => {
      const comesFirst = first !== undefined && existsSync(join(root, first));
      directory = await copyWithout(comesFirst ? first : page);
      if (comesFirst) {
        await removePage(first, directory);
        await applyRecipe(directory, page, directory);
      }
      await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: directory });
      await removePage(page, directory);
      await run(process.execPath, [biome, 'check', '--write', '--linter-enabled=false'], { cwd: directory });
    });
    afterAll(() => rm(directory, { recursive: true }));

    test('leaves no mention of what was removed', async () =>
      expect(await mentionsIn(directory, `${mentions}|${basename(page)}`, except)).toBe(''));

    test('leaves no broken link', async () => expect(await brokenLinksIn(directory)).toEqual([]));

    test('passes the linter', () => expectLintToPass(directory));

    test.each(projects)('leaves code that passes the type checks of %s', (project) =>
      expectTypesToHold(join(directory, project)),
    );

    test.runIf(tests.length > 0)('keeps the tests passing', () => expectTestsToPass(directory, tests));
  });
}
