import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs git and returns what it prints. */
export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: directory, maxBuffer: 50_000_000 });
  return stdout;
}

/**
 * Says why a command that writes into a repository cannot run in it; empty if it can.
 *
 * @param command The command's name.
 * @param undo What undoes it if it was interrupted.
 */
export async function findObstacles(root: string, command: string, undo: string): Promise<string[]> {
  const prefix = await git(root, 'rev-parse', '--show-prefix').catch(() => undefined);
  if (prefix?.trim() !== '')
    return [
      'This folder is no git repository, so nothing could be undone. Run `git init`, `git add -A` and `git commit -m Start` first.',
    ];
  const changes = await git(root, 'status', '--porcelain');
  if (changes === '') return [];
  return [
    `The working tree has changes. Commit them, or stash them with \`git stash -u\`:\n${changes.trimEnd()}\n` +
      `If they come from ${command} that was interrupted, ${undo} undoes them.`,
  ];
}
