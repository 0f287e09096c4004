import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue, type FindingId } from '../src/catalogue.ts';
import { finding } from '../src/finding.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');
const reference = read('docs/reference/register-and-doctor.md');

const rows = [...reference.matchAll(/^\| `(\w+)` \| (error|warning|note) \| (.+) \| (.+) \|$/gm)];
const ids = Object.keys(catalogue).filter((id): id is FindingId => id in catalogue);

describe('the reference page of doctor', () => {
  test('has a row for each finding, in the order of the catalogue, with its severity and page', () => {
    const listed = rows.map(([, id = '', severity = '', , fix = '']) => {
      const [, page] = /\]\((errors\/\w+\.md)\)/.exec(fix) ?? [];
      return { id, severity, page: page && `docs/reference/${page}` };
    });
    expect(listed).toEqual(
      ids.map((id) => {
        const { severity, page } = finding(id, '', '');
        return { id, severity, page };
      }),
    );
  });

  test.each(ids)('links %s only to an existing page', (id) => {
    const { page } = finding(id, '', '');
    if (page !== undefined) expect(existsSync(`${root}${page}`)).toBe(true);
  });

  test('names only existing findings in its list of problems', () => {
    const [, table = ''] = /### Findings by problem\n([\s\S]+?)\n### /.exec(reference) ?? [];
    const named = [...table.matchAll(/`([a-z]\w+_\w+)`/g)].map(([, id]) => id);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((id) => !ids.some((known) => known === id))).toEqual([]);
  });
});

test.each(ids)('%s is reported by the source, and covered by a test', (id) => {
  const isIn = (pattern: string) =>
    globSync(pattern, { cwd: root }).some(
      (file) => !/catalogue(\.test)?\.ts$/.test(file) && read(file).includes(`'${id}'`),
    );
  expect(isIn('infra/doctor/src/**/*.ts')).toBe(true);
  expect(isIn('infra/doctor/test/*.test.ts')).toBe(true);
});
