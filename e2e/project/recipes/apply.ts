import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { appendFile, cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

const starts = { sh: 'git rm ', diff: 'diff --git ' };

/**
 * Returns the recipe on a page: its code blocks that delete files (`sh`) or change them (`diff`).
 *
 * @throws {Error} when it has none.
 */
export async function recipeIn(root: string, page: string, language: 'diff' | 'sh'): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\\n(${starts[language]}[\\s\\S]*?)^\`\`\`$`, 'gm');
  const code = [...text.matchAll(block)].map(([, code]) => code).join('');
  if (code === '') throw new Error(`${page} has no ${language} that starts with ${starts[language]}`);
  return code;
}

/**
 * Applies the diff on a page to a copy of the repository.
 *
 * @throws {Error} that names the page, if the code has changed where the diff changes it.
 */
export async function applyDiff(root: string, page: string, directory: string): Promise<void> {
  const file = join(directory, 'page.diff');
  await writeFile(file, await recipeIn(root, page, 'diff'));
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
 * @throws {Error} that names the page, if the code has changed where the diff changes it.
 */
export async function applyRecipe(root: string, page: string, directory: string): Promise<void> {
  // In a copy, a recipe before may have changed what this one deletes.
  const deletions = (await recipeIn(root, page, 'sh')).replace(/^git rm /gm, 'git rm -f ');
  await run('sh', ['-ec', deletions], { cwd: directory });
  await applyDiff(root, page, directory);
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
