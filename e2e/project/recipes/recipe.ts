import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { type MiddleTierProcess, startMiddleTierProcess } from '../../chain/middle-tier-process.ts';

export const run = promisify(execFile);
export const root = resolve(import.meta.dirname, '../../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const priya = 'priya.raman@contoso.example';

/** Returns the first code block in this language on a page. */
export async function codeIn(page: string, language: 'diff' | 'sh'): Promise<string> {
  const text = await readFile(join(root, page), 'utf8');
  return `${new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1]}`;
}
export const diffOf = (page: string): Promise<string> => codeIn(page, 'diff');

/** Copies the APIs, their libraries and the registration, and applies a diff to the copy. */
export async function applyTo(directory: string, diff: string): Promise<void> {
  const isSource = (path: string): boolean => !/\/(dist|test|\.data)(\/|$)/.test(path.slice(root.length));
  const apis = ['middle-tier-api', 'downstream-api', 'access-token', 'on-behalf-of', 'service-defaults'].map(
    (name) => `apps/${name}`,
  );
  for (const part of [...apis, 'infra/app-registration', 'package.json', 'pnpm-workspace.yaml'])
    await cp(join(root, part), join(directory, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isSource,
    });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const configuration = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ ...configuration, include: ['apps/*/src'] }),
  );
  await writeFile(join(directory, 'page.diff'), diff);
  await run('git', ['apply', 'page.diff'], { cwd: directory });
}

export async function expectTypesToHold(directory: string): Promise<void> {
  await expect(run(process.execPath, [tsc, '-p', directory])).resolves.toMatchObject({ stdout: '' });
}

export async function overviewOf(chain: Chain, { url }: Pick<MiddleTierProcess, 'url'>) {
  const token = await chain.accessTokenOf(priya);
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return { headers: response.headers, body: await response.json() };
}

/** Starts the middle tier of a copy in a chain of its own, and returns its overview. */
export async function overviewOfCopy(directory: string): ReturnType<typeof overviewOf> {
  const chain = await startChain();
  const middleTier = await startMiddleTierProcess(
    { ...chain.environments.middleTierApi, PORT: '0' },
    { directory: join(directory, 'apps/middle-tier-api') },
  );
  try {
    return await overviewOf(chain, middleTier);
  } finally {
    middleTier.signal('SIGKILL');
    await middleTier.ended;
    await chain.close();
  }
}

/** Copies the files that git tracks, or would add, and the installed packages into a new repository. */
export async function copyRepository(directory: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 10_000_000,
  });
  const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  for (const file of files) await cp(join(root, file), join(directory, file));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const modules of globSync(['{apps,infra}/*/node_modules', 'e2e/node_modules'], { cwd: root }))
    await cp(join(root, modules), join(directory, modules), { recursive: true, verbatimSymlinks: true });
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@contoso.example', '-c', 'commit.gpgSign=false'];
  for (const command of [
    ['init', '-q'],
    ['add', '-A'],
    [...who, 'commit', '-qm', 'Copy'],
  ])
    await run('git', command, { cwd: directory });
}
