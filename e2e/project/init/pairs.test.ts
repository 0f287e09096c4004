import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { git } from '../../../infra/add-api/src/repository.ts';
import { drops, dropsNamed } from '../../../infra/init/src/drops.ts';
import { removePart } from '../../../infra/init/src/remove-part.ts';
import { copyRepository, run } from '../recipes/apply.ts';
import { root } from '../recipes/recipe.ts';
import { brokenLinksIn } from '../recipes/removal.ts';

vi.setConfig({ testTimeout: 120_000 });

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pairs-'));
  await copyRepository(root, directory);
});
beforeEach(() => git(directory, 'reset', '-q', '--hard'));
afterAll(() => rm(directory, { recursive: true }));

const pairs = drops.flatMap((one, index) =>
  drops
    .slice(index + 1)
    .filter(({ contradicts }) => contradicts !== one.name)
    .map((other) => ({ one, other })),
);

test.each(pairs)('$one.name and $other.name can be removed together', async ({ one, other }) => {
  for (const part of dropsNamed([one.name, other.name])) await removePart(part, directory);
  // Most parts are on no generated page.
  let broken = await brokenLinksIn(directory);
  if (broken.length > 0) {
    await run(process.execPath, ['e2e/project/pages/write-pages.ts'], { cwd: directory });
    broken = await brokenLinksIn(directory);
  }
  expect(broken).toEqual([]);
});
