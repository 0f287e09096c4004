import { resolve } from 'node:path';
import { Problems } from '../../add-api/src/problems.ts';
import { findObstacles } from '../../add-api/src/repository.ts';
import { type Answers, chooseAnswers, help, parseFlags } from './answers.ts';
import { ask } from './ask.ts';
import { partsOfLeave } from './example/examples.ts';
import { prepare } from './init.ts';

const root = resolve(import.meta.dirname, '../../..');
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Returns the flags that give the same answers again. */
function flagsFor({ newNames, dropped, example }: Answers): string {
  const chosen = dropped.filter(({ name }) => !example || !partsOfLeave.includes(name));
  const renaming = newNames.map(
    ({ flag, value }) => `--${flag} ${value.includes(' ') ? `'${value}'` : value}`,
  );
  return [
    ...(example ? [example.flag] : []),
    ...chosen.map(({ name }) => `--without ${name}`),
    ...renaming,
  ].join(' ');
}

const next = (answers: Answers): string => `
Next:
1. npx -y pnpm@12 install
2. npx -y pnpm@12 check, and npx -y pnpm@12 test
3. Read docs/how-to/make-it-yours.md: what to decide, and how to follow upstream. For that, keep these flags:
   ${flagsFor(answers)}
4. Commit.`;

async function init(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  if (!flags) return void print(help);
  const obstacles = await findObstacles(root, 'an init', '`git restore :/`');
  if (obstacles.length > 0) throw new Problems(obstacles);
  const asks =
    flags.names.size === 0 && flags.without.length === 0 && !flags.bare && flags.domain === undefined;
  if (asks && !process.stdin.isTTY)
    throw new Problems(['There are no flags, and no terminal to ask in. See --help.']);
  const answers = chooseAnswers(asks ? await ask() : flags);
  for (const { name, cost } of answers.dropped) print(`Without ${name} ${cost}.`);
  await using outcome = await prepare(root, answers);
  print(outcome.summary);
  if (outcome.left.length > 0)
    print(
      `These places have a name of today in a form that init does not know:\n${outcome.left.join('\n')}\n`,
    );
  if (flags.dryRun) return void print('Nothing was changed.');
  print(`Writing ${outcome.changes.length} files. If this is interrupted, \`git restore :/\` undoes it.`);
  await outcome.write();
  print(next(answers));
}

try {
  await init();
} catch (error) {
  const isEnd = error instanceof Error && error.name === 'AbortError';
  if (!isEnd && !(error instanceof Problems)) throw error;
  process.stderr.write(`${isEnd ? '' : error.message}\nNothing was changed.\n`);
  process.exitCode = 1;
}
