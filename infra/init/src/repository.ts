import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '../../add-api/src/repository.ts';

/** A file that git tracks, with its text. */
export interface TextFile {
  path: string;
  text: string;
}

/** Reads the files that git tracks, except binary ones. */
export async function readTextFiles(directory: string): Promise<readonly TextFile[]> {
  const paths = (await git(directory, 'ls-files', '-z')).split('\0').filter((path) => path !== '');
  const files = await Promise.all(
    paths.map(async (path) => {
      const file = join(directory, path);
      return { path, text: existsSync(file) ? await readFile(file, 'utf8') : '' };
    }),
  );
  return files.filter(({ text }) => !text.includes('\0'));
}

/** A file that differs between two commits or between a commit and the index. */
export interface Change {
  path: string;
  deleted: boolean;
}

/** Returns what differs from the last commit. Stages everything. */
export async function stageChanges(directory: string): Promise<readonly Change[]> {
  await git(directory, 'add', '-A');
  const fields = (
    await git(directory, 'diff', '--cached', '--no-renames', '--name-status', '-z', 'HEAD')
  ).split('\0');
  const changes: Change[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2)
    changes.push({ path: `${fields[index + 1]}`, deleted: fields[index] === 'D' });
  return changes;
}

/** Does to one folder what was changed in another. */
export async function transfer(changes: readonly Change[], from: string, to: string): Promise<void> {
  for (const { path, deleted } of changes) {
    const file = join(to, path);
    if (deleted) await rm(file, { force: true });
    else {
      await mkdir(dirname(file), { recursive: true });
      await copyFile(join(from, path), file);
    }
  }
  const folders = new Set(changes.filter(({ deleted }) => deleted).map(({ path }) => dirname(path)));
  for (const folder of folders)
    for (let path = folder; path !== '.'; path = dirname(path))
      // A folder that is not empty, or removed already, ends this.
      if (
        !(await rmdir(join(to, path)).then(
          () => true,
          () => false,
        )) &&
        existsSync(join(to, path))
      )
        break;
}
