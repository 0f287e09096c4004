import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const sources = globSync('{apps,infra,e2e}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
}).sort();

const partOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('e2e') ? 1 : 2)
    .join('/');

/** Returns what a file imports from this repository: a package's name, or a folder such as `apps/spa`. Templates have braces. */
function importsOf(file: string): string[] {
  const specifiers = [
    ...readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'([^'{]+)'/g),
  ].map(([, specifier = '']) => specifier);
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) return [partOf(relative(root, resolve(root, dirname(file), specifier)))];
    return specifier.startsWith('@obo/') ? [specifier.split('/').slice(0, 2).join('/')] : [];
  });
}

const foreignImports = (files: string[], allowed: readonly string[]): string[] =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => imported !== partOf(file) && !allowed.includes(imported))
      .map((imported) => `${file} imports ${imported}`),
  );

describe('the packages meet over HTTP', () => {
  test('an API imports only the libraries', () => {
    const files = sources.filter((file) => /^apps\/[a-z-]+-api\//.test(file));
    expect(files.length).toBeGreaterThan(20);
    expect(
      foreignImports(files, ['@obo/access-token', '@obo/on-behalf-of', '@obo/service-defaults']),
    ).toEqual([]);
  });

  test.each([
    ['apps/spa', []],
    ['apps/bff', ['@obo/access-token', '@obo/on-behalf-of', '@obo/service-defaults']],
    ['apps/cli', ['@obo/service-defaults']],
    ['apps/service-defaults', []],
    ['apps/access-token', ['@obo/service-defaults']],
    ['apps/on-behalf-of', ['@obo/access-token', '@obo/service-defaults']],
  ])('%s imports no other package than %j', (part, allowed) => {
    const files = sources.filter((file) => new RegExp(`^${part}/(src|vite)/`).test(file));
    expect(files.length).toBeGreaterThan(8);
    expect(foreignImports(files, allowed)).toEqual([]);
  });

  test('infra/local-tenant and its tests import no other package', () => {
    const files = sources.filter((file) => file.startsWith('infra/local-tenant/'));
    expect(foreignImports(files, [])).toEqual([]);
  });

  test('infra imports neither apps nor e2e', () => {
    // init reads the recipes, and is removed by its first run.
    const files = sources
      .filter((file) => file.startsWith('infra/') && file.includes('/src/'))
      .filter((file) => !file.startsWith('infra/init/'));
    const allowed = [
      '@obo/access-token',
      '@obo/app-registration',
      '@obo/local-tenant',
      '@obo/service-defaults',
    ];
    expect(files.length).toBeGreaterThan(40);
    expect(foreignImports(files, allowed)).toEqual([]);
  });
});

test('no folder and no file has a vague name', () => {
  const vague = /(^|[/.-])(utils?|helpers?|common|misc|shared(?!-cache)|lib)([/.-]|$)/;
  expect(sources.filter((file) => vague.test(file))).toEqual([]);
});

// In a folder called `new comer`, the pathname is `/new%20comer`, which is no path.
test('no path of a file is the pathname of its URL: fileURLToPath decodes it', () => {
  const wrong = /\bimport\.meta\.url\b[^;]*\.pathname\b/;
  expect(sources.filter((file) => wrong.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
