import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { entraErrors } from '@obo/local-tenant';
import { describe, expect, test } from 'vitest';
import { findBrokenLinks } from './broken-links.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const find = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }).sort();

interface ProblemInSources {
  status: string;
  title: string;
}

/** Finds the problems in the sources, by code: `defineProblems({ code: [status, 'title'], … })`. */
function problemsInSources(): Map<string, ProblemInSources> {
  const problems = new Map<string, ProblemInSources>();
  for (const file of find('apps/*/src/**/*.ts')) {
    for (const [, catalogue = ''] of read(file).matchAll(/\bdefineProblems\(\{([\s\S]*?)\n\}\)/g)) {
      const entries = catalogue.matchAll(/^ +(\w+): \[\s*(\d{3}),\s*(['"`])(.+?)\3/gm);
      for (const [, code = '', status = '', , title = ''] of entries) problems.set(code, { status, title });
    }
  }
  return problems;
}

/** Checks that a page about an error has its four sections, and that none of them is empty. */
function expectFourSections(page: string): void {
  const sections = [...page.matchAll(/^## (.+)\n\n([\s\S]+?)(?=\n\n## |\n*$(?![\s\S]))/gm)];
  expect(sections.map(([, heading]) => heading)).toEqual([
    'What it means',
    'Causes',
    'How to see it here',
    'How to fix it',
  ]);
  for (const [, , text = ''] of sections) expect(text.length).toBeGreaterThanOrEqual(20);
}

describe('the error reference', () => {
  const problems = problemsInSources();
  const folder = 'docs/reference/errors';

  test('has a page for every problem code, and no other', () => {
    expect(problems.size).toBeGreaterThan(20);
    const pages = find(`${folder}/[a-z]*.md`).map((file) => basename(file, '.md'));
    expect(pages).toEqual([...problems.keys()].sort());
  });

  test.each([...problems])(
    'starts the page about %s with its status and title',
    (code, { status, title }) => {
      const [heading, , first] = read(`${folder}/${code}.md`).split('\n');
      expect(heading).toBe(`# ${code}`);
      expect(first).toContain(`${status}: ${title}. `);
    },
  );

  test.each([...problems.keys()])('has the four sections on the page about %s', (code) =>
    expectFourSections(read(`${folder}/${code}.md`)),
  );

  test('lists every code with its status and title', () => {
    const rows = read(`${folder}/README.md`).matchAll(/^\| \[(\w+)\]\(\1\.md\) \| (\d{3}) \| (.+?) \|/gm);
    const listed = [...rows].map(
      ([, code = '', status = '', title = '']) => [code, { status, title }] as const,
    );
    expect(new Map(listed)).toEqual(problems);
  });
});

/** Finds the AADSTS numbers that the APIs and the SPA handle. */
function numbersInApps(): string[] {
  const numbers = find('apps/*/src/**/*.{ts,tsx}').flatMap((file) => [
    ...read(file).matchAll(/AADSTS(\d{5,7})\b|'(\d{5,7})'(?=[,)])/g),
  ]);
  return numbers.map(([, named, quoted]) => named ?? quoted ?? '');
}

describe('the catalogue of AADSTS numbers', () => {
  const folder = 'docs/reference/errors';
  const numberOf = (file: string) => basename(file, '.md').slice('AADSTS'.length);
  const pages = find(`${folder}/AADSTS*.md`).map(numberOf);
  const errors: Record<string, { error: string }> = entraErrors;

  test('has a page for every number in the sources', () => {
    const inApps = numbersInApps();
    expect(inApps.length).toBeGreaterThan(20);
    const numbers = new Set([...Object.keys(entraErrors), ...inApps]);
    expect([...numbers].filter((number) => !pages.includes(number)).sort()).toEqual([]);
  });

  test.each(pages)(
    'starts the page about AADSTS%s with its OAuth error, and has the four sections',
    (number) => {
      const page = read(`${folder}/AADSTS${number}.md`);
      const [title, , first = ''] = page.split('\n');
      expect(title).toBe(`# AADSTS${number}`);
      const error = errors[number]?.error;
      expect(first).toMatch(
        error === undefined ? /^(`[a-z_]+`: )?[A-Z]/ : new RegExp(`^\`${error}\`: [A-Z]`),
      );
      expectFourSections(page);
    },
  );

  test.each(pages)(
    'shows AADSTS%s by a command or in a test, or says that the local tenant cannot show it',
    (number) => {
      const [, seen = ''] =
        /## How to see it here\n\n([\s\S]+?)\n\n## /.exec(read(`${folder}/AADSTS${number}.md`)) ?? [];
      const isKnownHere = errors[number] !== undefined;
      expect(seen.startsWith('The local tenant cannot show it: ')).toBe(!isKnownHere);
      if (isKnownHere) expect(seen).toMatch(/^```sh\n|\/infra\/local-tenant\/test\/[\w./-]+\.test\.ts\)/m);
    },
  );

  test('lists every number once, with its error', () => {
    const listed = [
      ...read(`${folder}/README.md`).matchAll(/^\| \[AADSTS(\d+)\]\(AADSTS\1\.md\) \| (?:`(\w+)`)? \|/gm),
    ];
    expect(listed.map(([, number]) => number).sort()).toEqual(pages.sort());
    for (const [, number = '', error] of listed) expect(errors[number]?.error ?? error).toBe(error);
  });
});

describe('every page of the docs', () => {
  const pages = [...find('*.md'), ...find('{docs,apps,infra}/**/*.md')];

  test.each(pages)('quotes only titles of tests that exist: %s', (page) => {
    const quotes = read(page).matchAll(/\]\(([^)\s]+\.(?:test|spec)\.ts)\):\s+"([^"]+)"/g);
    for (const [, file = '', title = ''] of quotes)
      expect(read(join(dirname(page), file))).toContain(title.replaceAll(/\s+/g, ' '));
  });

  test.each(pages)('has only links that lead somewhere: %s', async (page) => {
    expect(await findBrokenLinks(root, page)).toEqual([]);
  });
});

describe('the threat model links to the tests that show that a threat is stopped:', () => {
  const tables = read('docs/explanation/security.md').matchAll(
    /^\| threat \| what stops it \| shown by \|\n\|.*\n((?:\|.*\n)+)/gm,
  );
  const rows = [...tables].flatMap(([, body = '']) => body.trimEnd().split('\n'));
  const threats = rows.map((row) => row.slice(2, -2).split(' | '));

  test('it lists more than 30 threats', () => expect(threats.length).toBeGreaterThan(30));

  test.each(threats)('%s', (_threat, _stops, shownBy = '') => {
    const shown = [...shownBy.matchAll(/\]\((\S+)\)/g)].map(([, target = '']) => target);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((target) => !/\/(test|e2e)\//.test(target))).toEqual([]);
  });
});

describe('the tutorial', () => {
  const page = 'docs/tutorial/follow-a-request.md';
  const [, section = ''] = /\n## \d+\. Read the code\n([\s\S]+?)\n## /.exec(read(page)) ?? [];
  const links = section.matchAll(/^\d+\. \[.+?\]\(([^)]+\.tsx?)\)/gm);
  const files = new Set([...links].map(([, link = '']) => join(dirname(page), link)));

  test('asks to read at most 16 files and 1,400 lines, and says how many', () => {
    const lines = [...files].reduce((sum, file) => sum + read(file).trimEnd().split('\n').length, 0);
    expect(files.size).toBeGreaterThan(10);
    expect(files.size).toBeLessThanOrEqual(16);
    expect(lines).toBeLessThanOrEqual(1400);
    expect(section).toContain(`There are ${files.size}, `);
    expect(read(page)).toContain(`read ${files.size} files`);
  });

  test('quotes lines of the code as they are', () => {
    const [, file = '', quoted = ''] =
      /These eight lines of\n\[.+?\]\((.+?)\)[^`]+```ts\n([\s\S]+?)```/.exec(read(page)) ?? [];
    const dedent = (text: string) => text.replaceAll(/^ +/gm, '');
    expect(quoted.trimEnd().split('\n')).toHaveLength(8);
    expect(dedent(read(join(dirname(page), file)))).toContain(dedent(quoted));
  });
});

test('the index of the docs lists every decision by its title', () => {
  const decisions = find('docs/decisions/*.md').filter((file) => !file.endsWith('/000-template.md'));
  expect(decisions.length).toBeGreaterThan(20);
  const rows = decisions.map((file) => {
    const number = basename(file).slice(0, 3);
    const title = /^# (.+)$/m.exec(read(file))?.[1];
    return `| ${number} | [${title}](${relative('docs', file)}) |`;
  });
  const listed = read('docs/README.md').match(/^\| \d{3} \| .+$/gm);
  expect(listed).toEqual(rows);
});
