import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { applyRecipe, removeGoneFiles, removePage } from '../../../e2e/project/recipes/apply.ts';
import { Problems } from '../../add-api/src/problems.ts';
import type { Drop } from './drops.ts';

/**
 * Removes a part from a copy of the repository as its page says, and then the page, its test and links to it.
 *
 * @throws {Problems} naming the page, when the code has changed where the recipe changes it.
 */
export async function removePart({ page }: Drop, directory: string): Promise<void> {
  // The part was removed with another one.
  if (!existsSync(join(directory, page))) return;
  try {
    await applyRecipe(directory, page, directory, { gone: true });
  } catch (error) {
    throw new Problems([error instanceof Error ? error.message : `${error}`]);
  }
  await removePage(page, directory);
  await removeGoneFiles(directory);
}
