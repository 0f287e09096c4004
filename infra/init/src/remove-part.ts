import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { applyRecipe } from '../../../e2e/project/recipes/apply.ts';
import { Problems } from '../../add-api/src/problems.ts';
import { git } from '../../add-api/src/repository.ts';
import type { Drop } from './drops.ts';

/**
 * Removes a part from a copy of the repository as its page says, and then the page, its test and links to it.
 *
 * @throws {Problems} naming the page, when the code has changed where the recipe changes it.
 */
export async function removePart({ page }: Drop, directory: string): Promise<void> {
  try {
    await applyRecipe(directory, page, directory);
  } catch (error) {
    throw new Problems([error instanceof Error ? error.message : `${error}`]);
  }
  await rm(join(directory, page));
  await rm(join(directory, 'e2e/project/recipes', basename(page, '.md').concat('.test.ts')), { force: true });
  await removeItemsAbout(page, directory);
}

/** Removes items of lists that link to a page, and to nothing else. */
async function removeItemsAbout(page: string, directory: string): Promise<void> {
  const files = (await git(directory, 'ls-files', '-z', '*.md')).split('\0').filter((file) => file !== '');
  for (const file of files.map((name) => join(directory, name)).filter((name) => existsSync(name))) {
    const text = await readFile(file, 'utf8');
    const without = text.replaceAll(/^- .*\n(?: +.*\n)*/gm, (item) => {
      const targets = [...item.matchAll(/\]\(([^)\s#]+)/g)].map(([, target]) => `${target}`);
      const aboutIt = targets.filter((target) => resolve(dirname(file), target) === join(directory, page));
      return targets.length > 0 && aboutIt.length === targets.length ? '' : item;
    });
    if (without !== text) await writeFile(file, without);
  }
}
