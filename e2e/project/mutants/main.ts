import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { type Part, parts } from './parts.ts';

/** The percentage of mutants that the tests of each part must detect. */
const goal = 85;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = new URL('../../../docs/reference/mutation-scores.md', import.meta.url);

interface Score {
  mutants: number;
  detected: number;
  /** Percentage, rounded down to one digit. */
  percentage: number;
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--');
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}. There is: ${Object.keys(parts).join(', ')}.\n`);
  process.exit(2);
}

process.chdir(root);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const score = await measure(name, part);
  await writeScore(name, score);
  if (score.percentage >= goal) continue;
  process.stderr.write(`Missed: ${name} has ${score.percentage} %, and ${goal} % is the goal.\n`);
  process.exitCode = 1;
}

/** Runs the tests of a part once for each mutant; those of the last run only if the mutant or a test has changed. */
async function measure(name: string, { mutate }: Part): Promise<Score> {
  // biome-ignore lint/style/noProcessEnv: StrykerJS has no other way to pass it to its processes
  process.env.MUTATED_PART = name;
  const results = await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: [
      import.meta.resolve('@stryker-mutator/vitest-runner'),
      import.meta.resolve('./ignore-texts.ts'),
    ],
    ignorers: ['texts'],
    vitest: { configFile: 'e2e/project/mutants/vitest.config.ts', related: false },
    incremental: true,
    incrementalFile: `.stryker/${name}.json`,
    htmlReporter: { fileName: `.stryker/${name}.html` },
    reporters: ['clear-text', 'progress-append-only', 'html'],
    clearTextReporter: { reportTests: false },
    // Many tests wait, and leave their core to others meanwhile.
    concurrency: 3 * availableParallelism(),
    // Beside other work, a test that takes longer is not yet a mutant that was noticed.
    timeoutMS: 30_000,
    tempDirName: `.stryker/sandbox-${name}`,
    cleanTempDir: 'always',
    ignorePatterns: ['.stryker', '.data', '**/dist', 'apps/spa', 'docs'],
    // Without it, the compiler's API would be used, which TypeScript 7 does not have.
    tsconfigFile: 'none',
    warnings: false,
  }).runMutationTest();
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  const detected = count('Killed', 'Timeout');
  const mutants = detected + count('Survived', 'NoCoverage');
  return { mutants, detected, percentage: Math.floor((1000 * detected) / mutants) / 10 };
}

/** Puts the score into its row on the page. */
async function writeScore(name: string, { mutants, detected, percentage }: Score): Promise<void> {
  const text = await readFile(page, 'utf8');
  const row = new RegExp(`(^\\| \`${name}\` \\| [^|]+) \\|.*$`, 'm');
  if (!row.test(text)) throw new Error(`${fileURLToPath(page)} has no row for ${name}`);
  await writeFile(page, text.replace(row, `$1 | ${mutants} | ${detected} | ${percentage.toFixed(1)} % |`));
}
