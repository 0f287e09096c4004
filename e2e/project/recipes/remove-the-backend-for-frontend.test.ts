import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrokenLinks } from '../docs/broken-links.ts';
import { copyWithout, expectMiddleTierToWork, expectTypesToHold } from './recipe.ts';

const page = 'docs/how-to/remove-the-backend-for-frontend.md';

describe('removing the backend for frontend as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout(page);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'apps/spa', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('keeps the middle tier working', () => expectMiddleTierToWork(directory));

  test('removes every trace of it from the apps and from start', () => {
    const sources = globSync('{apps/*,infra/start}/{src,vite}/**/*.{ts,tsx}', { cwd: directory });
    const about = sources.filter((file) =>
      /bff|VITE_TOKENS|server-client/i.test(readFileSync(join(directory, file), 'utf8')),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(about).toEqual([]);
  });

  test('leaves no link that leads nowhere', async () => {
    const pages = globSync('{*.md,{docs,apps,infra}/**/*.md}', {
      cwd: directory,
      exclude: ['**/node_modules/**', page],
    });
    expect(pages.length).toBeGreaterThan(100);
    const broken = await Promise.all(pages.map((each) => findBrokenLinks(directory, each)));
    expect(broken.flat()).toEqual([]);
  });
});
