import type { RunnerTask } from 'vitest';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';

// StrykerJS records a mutant that runs in `beforeAll` like one that runs during an import, and runs all tests of all
// files for it. Here it counts as covered by the tests of its own file.

const countsSchema = z.record(z.string(), z.number());
const recordedSchema = z.object({ static: countsSchema, perTest: z.record(z.string(), countsSchema) });

/** Returns what StrykerJS has recorded in this thread: how often each mutant ran, outside of tests and in each test. */
function recorded(): z.output<typeof recordedSchema> | undefined {
  const { mutantCoverage } = Object(Reflect.get(globalThis, '__stryker__'));
  return recordedSchema.safeParse(mutantCoverage).success ? mutantCoverage : undefined;
}

let before: Record<string, number> = {};

beforeAll(() => {
  before = { ...recorded()?.static };
});

// biome-ignore lint/correctness/noEmptyPattern: Vitest requires an object pattern as the first parameter
afterAll(({}, file) => {
  const coverage = recorded();
  if (!coverage) return;
  for (const [mutant, count] of Object.entries(coverage.static)) {
    const known = before[mutant] ?? 0;
    if (count === known) continue;
    for (const test of file.tasks.flatMap((task) => testsIn(task, []))) {
      const counts = coverage.perTest[test] ?? {};
      coverage.perTest[test] = { ...counts, [mutant]: (counts[mutant] ?? 0) + count - known };
    }
    if (known > 0) coverage.static[mutant] = known;
    else delete coverage.static[mutant];
  }
});

/** Returns the IDs that StrykerJS gives a test, or the tests of a suite. */
function testsIn(task: RunnerTask, names: readonly string[]): string[] {
  const path = [...names, task.name];
  return task.type === 'suite'
    ? task.tasks.flatMap((one) => testsIn(one, path))
    : [`${task.file.filepath}#${path.join(' > ').trim()}`];
}
