import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removePage, run } from './apply.ts';
import {
  copyWithout,
  expectLintToPass,
  expectMiddleTierToWork,
  expectTestsToPass,
  expectTypesToHold,
} from './recipe.ts';
import { brokenLinksIn, mentionsIn } from './removal.ts';

const page = 'docs/how-to/remove-the-calendar.md';

describe('removing the calendar as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout(page);
    await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: directory });
    await removePage(page, directory);
    for (const name of ['kysely', 'pg-boss'])
      await rm(join(directory, 'apps/middle-tier-api/node_modules', name), { recursive: true });
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'apps/spa', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', () => expectMiddleTierToWork(directory));

  test('leaves formatted code', () => expectLintToPass(directory));

  test('leaves no broken link', async () => expect(await brokenLinksIn(directory)).toEqual([]));

  test('leaves no mention of it', async () =>
    expect(
      await mentionsIn(
        directory,
        'addToCalendar|src/calendar|long-running-sess|long_running|users are away|explanation/later|mailbox_missing|calendar_(consent|not)|033-work|pg-boss',
      ),
    ).toBe(''));

  test('keeps the tests passing', () =>
    expectTestsToPass(directory, [
      'apps/middle-tier-api/test/configuration.test.ts',
      'e2e/http/contracts/contracts.test.ts',
      'e2e/http/team.test.ts',
      'e2e/project/docs/docs.test.ts',
      'e2e/project/pages/pages.test.ts',
      'infra/doctor/test/files.test.ts',
    ]));

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
