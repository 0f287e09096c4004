import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { applyDiff } from './apply.ts';
import { root } from './recipe.ts';

test('code that a page no longer fits fails with a message that names the page', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'recipe-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const page = 'docs/how-to/remove-the-local-tenant.md';
  await expect(applyDiff(root, page, directory)).rejects.toThrow(
    /^The diff in docs.how-to.remove-the-local-tenant\.md /,
  );
});
