import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { appendFile, cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

const starts = { sh: '(?:git rm|perl) ', diff: 'diff --git ' };

/** Returns the recipe on a page: its code blocks that delete and change files (`sh`) or change them (`diff`). */
export async function recipeIn(root: string, page: string, language: 'diff' | 'sh'): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\\n(${starts[language]}[\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(block)].map(([, code]) => code).join('');
}

/**
 * Applies the diff on a page, if it has one, to a copy of the repository.
 *
 * @throws {Error} that names the page, if the code has changed where the diff changes it.
 */
export async function applyDiff(root: string, page: string, directory: string): Promise<void> {
  const diff = await recipeIn(root, page, 'diff');
  if (diff === '') return;
  const file = join(directory, 'page.diff');
  await writeFile(file, diff);
  try {
    await run('git', ['apply', 'page.diff'], { cwd: directory });
  } catch (error) {
    const reason = Object(error).stderr || error;
    throw new Error(
      `The diff in ${page} does not fit the code any more:\n${reason}\nIf you changed that code, change the page too, ` +
        'or delete the page and its test in e2e/project/recipes. `pnpm test` does not run this test.',
    );
  } finally {
    await rm(file);
  }
}

/**
 * Deletes and changes in a copy of the repository what a page says.
 *
 * @param gone Whether other parts may have been removed from the copy already, with files that this page deletes too.
 * @throws {Error} that names the page, if it has no recipe, or the code has changed where the diff changes it.
 */
export async function applyRecipe(
  root: string,
  page: string,
  directory: string,
  { gone = false } = {},
): Promise<void> {
  const commands = await recipeIn(root, page, 'sh');
  if (commands === '') throw new Error(`${page} has no block sh that starts with git rm or perl`);
  // In a copy, a recipe before may have changed what this one deletes.
  const deletions = commands.replace(/^git rm /gm, `git rm -f ${gone ? '--ignore-unmatch ' : ''}`);
  try {
    await run('sh', ['-ec', deletions], { cwd: directory });
  } catch (error) {
    throw new Error(`The commands in ${page} fail:\n${Object(error).stderr || error}`);
  }
  await applyDiff(root, page, directory);
}

/** Deletes from a copy of the repository a page that was followed, its test, and items and rows that link to nothing else. */
export async function removePage(page: string, directory: string): Promise<void> {
  await rm(join(directory, page));
  await rm(join(directory, 'e2e/project/recipes', `${basename(page, '.md')}.test.ts`), { force: true });
  for (const file of await pagesIn(directory)) {
    const text = await readFile(file, 'utf8');
    const without = text.replaceAll(/^(?:- .*\n(?: +.*\n)*|\| .*\n)/gm, (item) => {
      const targets = [...item.matchAll(/\]\(([^)\s#]+)/g)].map(([, target]) => `${target}`);
      const aboutIt = targets.filter((target) => resolve(dirname(file), target) === join(directory, page));
      return targets.length > 0 && aboutIt.length === targets.length ? '' : item;
    });
    if (without !== text) await writeFile(file, without);
  }
}

/** Removes from the diffs on all pages of a copy what they would change in files that are gone. */
export async function removeGoneFiles(directory: string): Promise<void> {
  for (const file of await pagesIn(directory)) {
    const text = await readFile(file, 'utf8');
    const without = text.replaceAll(
      /^diff --git a\/(\S+) [\s\S]*?(?=^diff --git |^```)/gm,
      (change, changed) => (existsSync(join(directory, changed)) ? change : ''),
    );
    if (without !== text) await writeFile(file, without);
  }
}

async function pagesIn(directory: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '-z', '*.md'], { cwd: directory });
  const pages = stdout.split('\0').filter((page) => page !== '');
  return pages.map((page) => join(directory, page)).filter((page) => existsSync(page));
}

/** Copies the files that git tracks, or would add, and the installed packages into a new repository. */
export async function copyRepository(root: string, directory: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 10_000_000,
  });
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  for (const file of files) await cp(join(root, file), join(directory, file));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const modules of globSync(['{apps,infra}/*/node_modules', 'e2e/node_modules'], { cwd: root }))
    await cp(join(root, modules), join(directory, modules), { recursive: true, verbatimSymlinks: true });
  await run('git', ['init', '-q'], { cwd: directory });
  // .gitignore names the folder, and this is a link.
  await appendFile(join(directory, '.git/info/exclude'), 'node_modules\n');
  await commit(directory, 'Copy');
}

/** Commits all changes in a copy, under a name of its own. */
export async function commit(directory: string, message: string): Promise<void> {
  await run('git', ['add', '-A'], { cwd: directory });
  const who = ['-c', 'user.name=Copy', '-c', 'user.email=copy@contoso.example', '-c', 'commit.gpgSign=false'];
  await run('git', [...who, 'commit', '-qm', message], { cwd: directory });
}
