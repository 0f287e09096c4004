import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Insertion, insertions } from './insertions.ts';
import { formsOf, nameProblem } from './name.ts';
import { Problems } from './problems.ts';

/** The files of a new API, not written yet. */
export interface Plan {
  /** Text of each file, by its path in the repository. */
  files: ReadonlyMap<string, string>;
  isNew: (path: string) => boolean;
  port: number;
}

const template = resolve(import.meta.dirname, '../template');

/** Ports that the repository uses already: those of the apps and of the local tenant. */
function portsIn(root: string): ReadonlySet<number> {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const apps = read('infra/app-registration/src/apps.ts').matchAll(/\bport: (\d+)/g);
  const tenant = read('infra/app-registration/src/configuration.ts').matchAll(
    /PORT: port\.default\((\d+)\)/g,
  );
  return new Set([...apps, ...tenant].map(([, port]) => Number(port)));
}

/** Chooses a port in the hundreds above the last API's. */
function freePort(taken: ReadonlySet<number>): number {
  let port = 4200;
  while (taken.has(port)) port += 100;
  return port;
}

/**
 * Plans the files of a new API, and what changes in existing ones.
 *
 * @param root The repository.
 * @param given The port that the user chose, if any.
 * @throws {Problems} naming everything that does not fit.
 */
export function planApi(root: string, name: string, given?: number): Plan {
  const unfit = nameProblem(name);
  if (unfit !== undefined) throw new Problems([`${name} ${unfit}`]);
  const taken = portsIn(root);
  const port = given ?? freePort(taken);
  const forms = formsOf(name);
  const values: Readonly<Record<string, string>> = { ...forms, port: `${port}`, scopeId: randomUUID() };
  const fill = (text: string): string =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (placeholder, form: string) => values[form] ?? placeholder);

  const problems = findClashes(root, name);
  if (taken.has(port)) problems.push(`--port ${port}: is taken. ${freePort(taken)} is free.`);
  const files = new Map<string, string>();
  for (const path of readdirSync(template, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.txt')) continue; // a folder
    const file = fill(path)
      .replaceAll('\\', '/')
      .replace(/\.txt$/, '');
    if (isWanted(root, file)) files.set(file, fill(readFileSync(join(template, path), 'utf8')));
  }
  const created = new Set(files.keys());
  for (const insertion of insertions) {
    const { file } = insertion;
    if (!isWanted(root, file)) continue;
    if (!existsSync(join(root, file))) {
      problems.push(`${file} is missing`);
      continue;
    }
    const text = files.get(file) ?? readFileSync(join(root, file), 'utf8');
    const result = insert(text, insertion, fill);
    if (result === undefined)
      problems.push(`${file} has changed: add-api looks for this text, once:\n${describe(insertion)}`);
    else files.set(file, result);
  }
  if (problems.length > 0) throw new Problems(problems);
  return { files, isNew: (path) => created.has(path), port };
}

/** Says whether a fork has the part that a file belongs to: it may have deleted tests, and the docs. */
function isWanted(root: string, file: string): boolean {
  if (file.startsWith('e2e/http/')) return existsSync(join(root, 'e2e/chain/chain.ts'));
  return /^(e2e|docs)\//.test(file) ? existsSync(join(root, file)) : true;
}

/** Lists what has the name already. */
function findClashes(root: string, name: string): string[] {
  const { Pascal, CONSTANT, camel } = formsOf(name);
  const folders = [
    `apps/${name}-api`,
    `apps/${name}`,
    `apps/middle-tier-api/src/${name}`,
    `apps/spa/src/${name}`,
  ];
  const existing = folders.filter((folder) => existsSync(join(root, folder)));
  const texts: readonly [file: string, text: string][] = [
    ['infra/app-registration/src/description.ts', `'${Pascal}.Read'`],
    ['infra/app-registration/src/apps.ts', `'${camel}Api'`],
    ['apps/middle-tier-api/src/configuration.ts', `${CONSTANT}_`],
    ['apps/middle-tier-api/src/overview/overview-routes.ts', `  ${camel}: `],
  ];
  const mentioned = texts.filter(([file, text]) => readFileSync(join(root, file), 'utf8').includes(text));
  return [
    ...existing.map((folder) => `${name}: exists already, in ${folder}`),
    ...mentioned.map(([file, text]) => `${name}: ${text.trim()} exists already, in ${file}`),
  ];
}

function insert(text: string, { at, text: inserted }: Insertion, fill: (text: string) => string) {
  if (at === 'start') return fill(inserted) + text;
  const anchor = 'before' in at ? at.before : at.after;
  const [start, end, ...more] = text.split(anchor);
  if (start === undefined || end === undefined || more.length > 0) return undefined;
  return 'before' in at ? start + fill(inserted) + anchor + end : start + anchor + fill(inserted) + end;
}

const describe = ({ at }: Insertion): string =>
  (at === 'start' ? '' : 'before' in at ? at.before : at.after).trim().replaceAll(/^/gm, '  ');

/** Writes the files of a plan. */
export async function writePlan(root: string, { files }: Plan): Promise<void> {
  for (const [path, text] of files) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
