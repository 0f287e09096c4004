import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyWithout, expectMiddleTierToWork, expectTypesToHold } from './recipe.ts';

describe('removing the calendar as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout('docs/how-to/remove-the-calendar.md');
    for (const name of ['kysely', 'pg-boss'])
      await rm(join(directory, 'apps/middle-tier-api/node_modules', name), { recursive: true });
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'apps/spa', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', () => expectMiddleTierToWork(directory));

  test.each(['middle-tier-api', 'spa'])('removes every trace of it from the code of %s', (app) => {
    const sources = globSync(`apps/${app}/src/**/*.{ts,tsx}`, { cwd: directory });
    const about = sources.filter((file) =>
      /calendar\/|addToCalendar|whileYouAreAway|long-running/i.test(
        readFileSync(join(directory, file), 'utf8'),
      ),
    );
    expect(sources.length).toBeGreaterThan(10);
    expect(about).toEqual([]);
  });
});
