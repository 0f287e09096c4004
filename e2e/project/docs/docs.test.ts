import { globSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { entraErrors } from '@obo/local-tenant';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const find = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }).sort();

/** Codes of every catalogue in the sources: `defineProblems({ code: [status, 'title'], … })`. */
function codesInSources(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const file of find('apps/*/src/**/*.ts')) {
    for (const [, catalogue = ''] of read(file).matchAll(/\bdefineProblems\(\{([\s\S]*?)\n\}\)/g)) {
      for (const [, code = '', status = ''] of catalogue.matchAll(/^ +(\w+): \[\s*(\d{3}),/gm))
        codes.set(code, status);
    }
  }
  return codes;
}

/** Where the links of a page lead, without those to other sites. Code is not looked into. */
function linksIn(file: string): string[] {
  const prose = read(file)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsIn(file: string): string[] {
  const headings = [...read(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Every page of an error says these four things, and says something under each. */
function expectFourParts(page: string): void {
  const parts = [...page.matchAll(/^## (.+)\n\n([\s\S]+?)(?=\n\n## |\n*$(?![\s\S]))/gm)];
  expect(parts.map(([, heading]) => heading)).toEqual([
    'What it means',
    'Causes',
    'How to see it here',
    'How to fix it',
  ]);
  for (const [, , text = ''] of parts) expect(text.length).toBeGreaterThanOrEqual(20);
}

describe('the error reference', () => {
  const codes = codesInSources();
  const folder = 'docs/reference/errors';

  test('has a page for every problem code, and no other', () => {
    expect(codes.size).toBeGreaterThan(20);
    const pages = find(`${folder}/[a-z]*.md`).map((file) => basename(file, '.md'));
    expect(pages).toEqual([...codes.keys()].sort());
  });

  test.each([...codes])('says on the page of %s that its status is %s', (code, status) => {
    const [title, , first] = read(`${folder}/${code}.md`).split('\n');
    expect(title).toBe(`# ${code}`);
    expect(first).toMatch(new RegExp(`^${status}: `));
  });

  test.each([...codes.keys()])('has the four parts on the page of %s', (code) =>
    expectFourParts(read(`${folder}/${code}.md`)),
  );

  test('lists every code with its status', () => {
    const listed = [...read(`${folder}/README.md`).matchAll(/^\| \[(\w+)\]\(\1\.md\) \| (\d{3}) \|/gm)];
    expect(new Map(listed.map(([, code = '', status = '']) => [code, status]))).toEqual(codes);
  });
});

/** AADSTS numbers that the APIs and the SPA act on. */
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

  test.each(pages)('AADSTS%s has its four parts, and its OAuth error first', (number) => {
    const page = read(`${folder}/AADSTS${number}.md`);
    const [title, , first = ''] = page.split('\n');
    expect(title).toBe(`# AADSTS${number}`);
    const error = errors[number]?.error;
    expect(first).toMatch(error === undefined ? /^(`[a-z_]+`: )?[A-Z]/ : new RegExp(`^\`${error}\`: [A-Z]`));
    expectFourParts(page);
  });

  test.each(pages)(
    'AADSTS%s can be seen here, by a command or in a test, or the page says that it cannot',
    (number) => {
      const [, seen = ''] =
        /## How to see it here\n\n([\s\S]+?)\n\n## /.exec(read(`${folder}/AADSTS${number}.md`)) ?? [];
      const isKnownHere = errors[number] !== undefined;
      expect(seen.startsWith('The local tenant cannot show it: ')).toBe(!isKnownHere);
      if (isKnownHere) expect(seen).toMatch(/^```sh\n|\/infra\/local-tenant\/test\/[\w./-]+\.test\.ts\)/m);
      const quoted = /\]\((?<file>[^)]+\.test\.ts)\):\s+"(?<title>[^"]+)"/.exec(seen)?.groups;
      if (!quoted) return;
      const source = read(join(folder, quoted.file ?? ''));
      expect(source).toContain(quoted.title?.replaceAll(/\s+/g, ' '));
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

describe('the links of', () => {
  test.each([...find('*.md'), ...find('docs/**/*.md'), ...find('infra/local-tenant/**/*.md')])(
    '%s lead somewhere',
    async (file) => {
      const broken: string[] = [];
      for (const link of linksIn(file)) {
        const [path = '', anchor] = link.split('#');
        const target =
          path === '' ? file : relative(root, resolve(root, dirname(file), decodeURIComponent(path)));
        const exists = await stat(join(root, target)).then(
          () => true,
          () => false,
        );
        if (!exists || (anchor !== undefined && !anchorsIn(target).includes(anchor))) broken.push(link);
      }
      expect(broken).toEqual([]);
    },
  );
});

describe('the threat model says which test shows that this is stopped:', () => {
  const tables = read('docs/explanation/security.md').matchAll(
    /^\| threat \| what stops it \| shown by \|\n\|.*\n((?:\|.*\n)+)/gm,
  );
  const rows = [...tables].flatMap(([, body = '']) => body.trimEnd().split('\n'));
  const threats = rows.map((row) => row.slice(2, -2).split(' | '));

  test('dozens of threats', () => expect(threats.length).toBeGreaterThan(30));

  test.each(threats)('%s', (_threat, _stops, shownBy = '') => {
    const shown = [...shownBy.matchAll(/\]\((\S+)\)/g)].map(([, target = '']) => target);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((target) => !/\/(test|e2e)\//.test(target))).toEqual([]);
  });
});

test('the configuration reference has a row for every variable of the tools', () => {
  const sources = [
    'infra/start/src/configuration.ts',
    'infra/local-tenant/src/configuration.ts',
    'infra/app-registration/src/configuration.ts',
  ];
  const variables = sources.flatMap((file) =>
    [...read(file).matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(([, name = '']) => name),
  );
  expect(variables.length).toBeGreaterThan(10);
  const reference = read('docs/reference/configuration.md');
  expect(variables.filter((name) => !reference.includes(`| \`${name}\``))).toEqual([]);
});
