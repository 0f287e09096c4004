import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { removeGoneFiles, removePage } from '../../../../e2e/project/recipes/apply.ts';
import { formsOf } from '../../../add-api/src/name.ts';
import { Problems } from '../../../add-api/src/problems.ts';
import { git } from '../../../add-api/src/repository.ts';
import { readTextFiles } from '../repository.ts';
import { type Changes, change } from './changes.ts';
import type { Example } from './examples.ts';
import { reword } from './words.ts';

const folder = resolve(import.meta.dirname, '../../example');

/**
 * Replaces leave with another example in a copy of the repository, from which the parts that are about leave were
 * removed.
 *
 * @param isWhole Whether no other part was removed, so that every change has to fit.
 * @throws {Problems} naming what has the name of the other example already, or the file that has changed where this
 * changes it.
 */
export async function replaceExample(
  { flag, names, templates, gone, changes, fill, words }: Example,
  directory: string,
  isWhole: boolean,
): Promise<void> {
  await git(directory, 'rm', '-rqf', '--ignore-unmatch', ...gone);
  const clashes = names.flatMap((name) => findClashes(directory, name));
  if (clashes.length > 0) throw new Problems(clashes.map((clash) => `${flag}: ${clash}`));
  for (const page of globSync('docs/how-to/{remove,replace}-*.md', { cwd: directory }))
    await removePage(page, directory);
  for (const some of changes) await makeChanges(some, fill, directory, isWhole);
  const source = join(folder, templates);
  for (const template of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!template.endsWith('.txt')) continue; // a folder
    const path = fill(template.replaceAll('\\', '/')).replace(/\.txt$/, '');
    const file = join(directory, path);
    // Without the local tenant, there is no chain to test.
    if (path.startsWith('e2e/') && !existsSync(file) && !existsSync(join(directory, 'e2e/chain/chain.ts')))
      continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, fill(await readFile(join(source, template), 'utf8')));
  }
  // The new files are to be renamed too.
  await git(directory, 'add', '-A');
  for (const { path, text } of await readTextFiles(directory)) {
    const file = join(directory, path);
    const reworded = reword(path, text, words);
    if (existsSync(file) && reworded !== text) await writeFile(file, reworded);
  }
  await removeGoneFiles(directory);
}

/** Says what has a name already: a folder of an app, or a variable, function or type in those that get the name. */
function findClashes(directory: string, name: string): string[] {
  const { camel, Pascal, snake } = formsOf(name);
  const identifier = new RegExp(`\\b(?:${camel}|${Pascal}|${snake})\\b`);
  const textsAndComments = /\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|"[^"\n]*"|>[^<>{}]*</g;
  const folder = globSync(`apps/*/src/${name}`, { cwd: directory });
  const file = globSync('apps/{downstream-api,middle-tier-api,spa}/src/**/*.{ts,tsx}', {
    cwd: directory,
  }).find((path) =>
    identifier.test(readFileSync(join(directory, path), 'utf8').replaceAll(textsAndComments, '')),
  );
  return [...folder, ...(file === undefined ? [] : [file])]
    .slice(0, 1)
    .map((path) => `${name} exists already, in ${path}`);
}

async function makeChanges(
  changes: Changes,
  fill: (text: string) => string,
  directory: string,
  fits: boolean,
): Promise<void> {
  const problems: string[] = [];
  for (const [path, ofFile] of Object.entries(changes)) {
    const file = join(directory, path);
    // Removed with another part.
    if (!existsSync(file)) continue;
    try {
      await writeFile(file, fill(change(path, await readFile(file, 'utf8'), ofFile, fits)));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : `${error}`);
    }
  }
  if (problems.length > 0) throw new Problems(problems);
}

/** Finds what still mentions leave. @returns Each as `file:line: the line`. */
export const findLeave = (path: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      /leave/i.test(line) && path !== 'pnpm-lock.yaml' ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    );
