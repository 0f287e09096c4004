import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { password } from '@obo/local-tenant';
import { observeLog } from '@obo/service-defaults/testing';
import { chromium } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { findBrowser } from '../../browser/find-browser.ts';
import { visit } from './visit.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = 'docs/pictures';
const names = globSync('*.txt', { cwd: join(root, folder) }).map((file) => basename(file, '.txt'));
const images = globSync('*.webp', { cwd: join(root, folder) }).sort();
const again = 'make the pictures again with `npx -y pnpm@12 run pictures`, and look at them';

test('the pictures show what the program shows, and no secret', { timeout: 240_000 }, async () => {
  // biome-ignore lint/style/noProcessEnv: the one place where this test reads the environment
  const executablePath = findBrowser(process.env.E2E_BROWSER);
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
  const shown = new Map<string, string>();
  try {
    await visit(browser, async ({ name, page, text, onlyAnimated }) => {
      // The run fails if something secret is on the page. The password that all users have is public.
      const shownText = (await page.locator('body').textContent()) ?? '';
      observeLog(shownText.replaceAll(password, ''));
      if (!onlyAnimated) shown.set(name, text);
    });
  } finally {
    await browser.close();
  }
  for (const [name, text] of shown)
    expect(text, `${folder}/${name}: ${again}`).toBe(readFileSync(join(root, folder, `${name}.txt`), 'utf8'));
  expect([...shown.keys()].sort()).toEqual(names.sort());
});

test('every picture is there in light and dark, and small', () => {
  const expected = [...names, 'flow'].flatMap((name) => [`${name}-dark.webp`, `${name}-light.webp`]);
  expect(images).toEqual(expected.sort());
  const sizeOf = (image: string) => statSync(join(root, folder, image)).size;
  expect(images.filter((image) => sizeOf(image) > (image.startsWith('flow-') ? 300_000 : 60_000))).toEqual(
    [],
  );
  expect(images.reduce((sum, image) => sum + sizeOf(image), 0)).toBeLessThanOrEqual(1_500_000);
});

describe('in the docs', () => {
  const pages = globSync(['*.md', '{docs,infra,apps}/**/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  const references = pages.flatMap((page) => {
    const elements = readFileSync(join(root, page), 'utf8').match(/<picture>[\s\S]*?<\/picture>/g) ?? [];
    return elements.map((element) => ({ page, element }));
  });
  const pathsIn = ({ page, element }: (typeof references)[number], attribute: string) =>
    [...element.matchAll(new RegExp(`\\b${attribute}="([^"]+)"`, 'g'))].map(([, path = '']) =>
      relative(root, resolve(root, dirname(page), path)),
    );

  test.each(references)('a picture has both color schemes and says what it shows: $page', (reference) => {
    const [light = ''] = pathsIn(reference, 'src');
    expect(light).toMatch(/-light\.webp$/);
    expect(pathsIn(reference, 'srcset')).toContain(light.replace('-light.', '-dark.'));
    expect(reference.element).toContain('media="(prefers-color-scheme: dark)"');
    expect(reference.element).toMatch(/\balt="[^"]{40,}"/);
  });

  test('every picture that is shown exists, and every picture is shown', () => {
    const shown = references.flatMap((reference) =>
      [...pathsIn(reference, 'src'), ...pathsIn(reference, 'srcset')].filter((path) =>
        path.startsWith(folder),
      ),
    );
    expect([...new Set(shown)].sort()).toEqual(images.map((image) => `${folder}/${image}`));
  });
});
