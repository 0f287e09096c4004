import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyWithout, expectMiddleTierToWork, expectTypesToHold } from './recipe.ts';

describe('removing Redis as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout('docs/how-to/remove-redis.md');
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', () => expectMiddleTierToWork(directory));

  test('removes every import of it from the apps', () => {
    const sources = globSync('apps/*/{src,test,testing}/**/*.ts', { cwd: directory });
    const importing = sources.filter((file) =>
      /from '.*(redis|\/shared-cache\/)/.test(readFileSync(join(directory, file), 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(importing).toEqual([]);
  });
});
