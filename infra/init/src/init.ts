import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRepository, run } from '../../../e2e/project/recipes/apply.ts';
import { Problems } from '../../add-api/src/problems.ts';
import { git } from '../../add-api/src/repository.ts';
import type { Answers } from './answers.ts';
import { partsOfLeave } from './example/examples.ts';
import { findLeave, replaceExample } from './example/replace-example.ts';
import { kept } from './names.ts';
import { removeInit } from './remove-init.ts';
import { removePart } from './remove-part.ts';
import { findNames, type NewName, renameIn } from './rename.ts';
import { type Change, readTextFiles, stageChanges, type TextFile, transfer } from './repository.ts';

/** Says what does not fit between new names and a repository; empty if nothing. */
function findMisfits(files: readonly TextFile[], newNames: readonly NewName[]): string[] {
  const lock = files.find(({ path }) => path === 'pnpm-lock.yaml')?.text ?? '';
  return newNames.flatMap(({ flag, value, today, forms }) => {
    const flagged = `--${flag} ${value}`;
    if (!files.some(({ text }) => forms.some((form) => text.search(form) >= 0)))
      return [`${flagged}: there is no ${today} any more. This repository has been renamed already.`];
    if (flag === 'scope' && lock.includes(`'${value}/`))
      return [`${flagged}: packages from npm have this scope`];
    const described = files.find(
      ({ path, text }) => path.startsWith('infra/app-registration/src/') && text.includes(`'${value}'`),
    );
    if (flag === 'access-scope' && described) return [`${flagged}: exists already, in ${described.path}`];
    return [];
  });
}

/** The repository as it will be, in a folder of its own. */
export interface Outcome extends AsyncDisposable {
  changes: readonly Change[];
  /** What changes, as `git diff --stat` prints it. */
  summary: string;
  /** Places that still have a name of today, in a form that this program does not know. */
  left: readonly string[];
  /** Writes the changes into the repository. */
  write(): Promise<void>;
}

/**
 * Makes all changes in a copy of the repository.
 *
 * @param root A git repository without changes.
 * @throws {Problems} naming everything that does not fit.
 */
export async function prepare(root: string, { newNames, dropped, example }: Answers): Promise<Outcome> {
  const misfits = findMisfits(await readTextFiles(root), newNames);
  if (misfits.length > 0) throw new Problems(misfits);
  const copy = await mkdtemp(join(tmpdir(), 'init-'));
  try {
    await copyRepository(root, copy);
    for (const drop of dropped) await removePart(drop, copy);
    await removeInit(copy);
    const others = dropped.filter(({ name }) => !partsOfLeave.includes(name));
    if (example) await replaceExample(example, copy, others.length === 0);
    if (dropped.length > 0) await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: copy });
    const left: string[] = [];
    for (const { path, text } of await readTextFiles(copy)) {
      const renamed = renameIn(path, text, newNames, kept);
      if (renamed !== text) await writeFile(join(copy, path), renamed);
      left.push(...findNames(path, renamed, newNames, kept));
      if (example) left.push(...findLeave(path, renamed));
    }
    // Other names have another length and another place in the alphabet.
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    await run(process.execPath, [biome, 'check', '--write', '--linter-enabled=false'], { cwd: copy });
    const changes = await stageChanges(copy);
    return {
      changes,
      summary: await git(copy, 'diff', '--cached', '--stat=110', 'HEAD'),
      left,
      write: () => transfer(changes, copy, root),
      [Symbol.asyncDispose]: () => rm(copy, { recursive: true }),
    };
  } catch (error) {
    await rm(copy, { recursive: true });
    throw error;
  }
}
