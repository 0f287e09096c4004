import { beforeAll, describe, expect, test } from 'vitest';
import { kept, names } from '../../../infra/init/src/names.ts';
import { findNames, renameIn } from '../../../infra/init/src/rename.ts';
import { readTextFiles, type TextFile } from '../../../infra/init/src/repository.ts';
import { root } from '../recipes/recipe.ts';

const values: Readonly<Record<string, string>> = {
  name: 'a-project',
  scope: '@a-scope',
  prefix: 'aprefix',
  title: 'A Title',
  'display-name': 'A Display Name',
  'access-scope': 'A.Scope',
  'spa-port': '5100',
  'middle-tier-port': '5200',
  'downstream-port': '5300',
  'local-tenant-port': '5400',
};
const newNames = names.map((name) => ({ ...name, value: `${values[name.flag]}` }));

describe('the list of names', () => {
  let files: readonly TextFile[];
  beforeAll(async () => {
    const all = await readTextFiles(root);
    files = all.filter(({ path }) => !/^(infra|e2e\/project)\/init\//.test(path));
  });

  test.each(names)('finds today’s --$flag, and in no form that cannot be renamed', ({ flag, forms }) => {
    const found = files.filter(({ text }) => forms.some((form) => text.search(form) >= 0));
    expect(found.length).toBeGreaterThan(0);
    const only = newNames.filter((name) => name.flag === flag);
    const left = files.flatMap(({ path, text }) =>
      findNames(path, renameIn(path, text, only, kept), only, kept),
    );
    // A new form? Write the name in a form that infra/init/src/names.ts has, or add the form or the reason why it stays.
    expect(left).toEqual([]);
  });

  test.each(kept)('keeps only what is there: $reason', ({ file, text: pattern }) => {
    const found = files.filter(
      ({ path, text }) => (file === undefined || file === path) && text.search(pattern) >= 0,
    );
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('renaming a text', () => {
  const rename = (text: string, wanted: Readonly<Record<string, string>>): string =>
    renameIn(
      'file.ts',
      text,
      newNames
        .filter(({ flag }) => wanted[flag] !== undefined)
        .map((name) => ({ ...name, value: `${wanted[name.flag]}` })),
      kept,
    );

  test('exchanges two names', () => {
    const text = "SPA_PORT=3000 PORT: '4000' http://localhost:3000";
    expect(rename(text, { 'spa-port': '4000', 'middle-tier-port': '3000' })).toBe(
      "SPA_PORT=4000 PORT: '3000' http://localhost:4000",
    );
  });

  test.each([
    ['in a GUID', '00000000-0000-4000-8000-000000000000'],
    ['in a longer number', 'localhost:40001'],
    ['as another quantity', 'RATE_LIMIT_PER_ADDRESS=3000'],
    ['in the name of the flow', 'the Microsoft Entra On-Behalf-Of flow'],
    ['in a name of MSAL', 'oboAssertion'],
  ])('leaves a name %s', (_where, text) => expect(rename(text, values)).toBe(text));

  test.each(['OboClient', 'theObo', 'obo.json', 'entra_on_behalf_of', 'accessAsUser', 'port4100'])(
    'reports %s, which has a form that the list does not know',
    (text) =>
      expect(findNames('file.ts', rename(text, values), newNames, kept)).toEqual([`file.ts:1: ${text}`]),
  );
});
