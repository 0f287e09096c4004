import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLeaks, type Leak } from './find-leaks.ts';
import { type Observation, observationSchema } from './observation.ts';

/** Something secret was logged or answered in the test run. */
export class SecretsLeaked extends Error {
  override readonly name = 'SecretsLeaked';

  constructor(leaks: readonly Leak[]) {
    const places = leaks
      .slice(0, 20)
      .map(({ secret, where, after }) => `  ${secret} in a ${where}: ${after}▮`);
    super(`${leaks.length} times something secret was logged or answered:\n${places.join('\n')}`);
  }
}

/**
 * Has every process of a test run from now on observed, this one not: vitest and Playwright call it before they start
 * their workers, and what it returns when all have ended.
 *
 * @returns looks for leaks in all that was observed.
 * @throws {SecretsLeaked} from what is returned.
 */
export function observeTestRun(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'observed-'));
  // biome-ignore lint/style/noProcessEnv: what the processes of the run inherit
  const environment = process.env;
  const { NODE_OPTIONS: before } = environment;
  environment.OBSERVATIONS_DIRECTORY = directory;
  environment.NODE_OPTIONS = `${before ?? ''} --import=${new URL('observe.ts', import.meta.url)}`.trim();

  return () => {
    delete environment.OBSERVATIONS_DIRECTORY;
    if (before === undefined) delete environment.NODE_OPTIONS;
    else environment.NODE_OPTIONS = before;
    const observations = readObservations(directory);
    rmSync(directory, { recursive: true });
    const leaks = findLeaks(observations);
    if (leaks.length > 0) throw new SecretsLeaked(leaks);
    if (observations.length > 0)
      process.stdout.write(`${summaryOf(observations)}: nothing secret in them.\n`);
  };
}

/** Both test runners call a default export before a run, and what that returns after it. */
export default observeTestRun;

function readObservations(directory: string): Observation[] {
  return globSync('*.jsonl', { cwd: directory }).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .split('\n')
      .filter(isWhole)
      .map((line) => observationSchema.parse(JSON.parse(line))),
  );
}

/** A process that is killed may have written half a line. */
const isWhole = (line: string): boolean => line.startsWith('{') && line.endsWith('}');

function summaryOf(observations: readonly Observation[]): string {
  const count = (kind: Observation['kind']): number =>
    observations.filter((observation) => observation.kind === kind).length;
  return `${count('log')} pieces of logs and ${count('answer')} answers, with ${count('secret')} sightings of secrets elsewhere`;
}
