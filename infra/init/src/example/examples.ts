import { formsOf } from '../../../add-api/src/name.ts';
import * as ofBare from './bare.ts';
import type { Changes } from './changes.ts';
import * as ofDomain from './domain.ts';
import * as ofEvery from './every-example.ts';
import type { Words } from './words.ts';

/** What takes the place of leave. */
export interface Example {
  /** The flag that chooses it. */
  flag: string;
  /** What it is named, in words with hyphens between them: nothing else may have these names. */
  names: readonly string[];
  /** The folder of its templates. */
  templates: string;
  /** What only leave needs: paths and patterns of git. */
  gone: readonly string[];
  /** Made one after the other. */
  changes: readonly Changes[];
  /** Puts its names into a text that has placeholders for them. */
  fill: (text: string) => string;
  /** Its names in the place of those of leave, where nothing else has to change. */
  words: Words;
}

/** Parts that are about leave, or teach with it: they are removed with it. Names of drops. */
export const partsOfLeave: readonly string[] = [
  'bff',
  'mcp',
  'calendar',
  'approvals',
  'cli',
  'tutorial',
  'bench',
];

/** A greeting from `GET /api/hello`. */
export const bare: Example = {
  flag: '--bare',
  names: ['hello'],
  templates: 'bare',
  gone: [...ofEvery.gone, ...ofBare.gone],
  changes: [ofEvery.changes, ofBare.changes],
  fill: (text) => text,
  words: { ...formsOf('hello'), words: 'greeting' },
};

/**
 * A resource of one's own, with a list and a form.
 *
 * @param domain Its name in the singular and in the plural, such as `expense/expenses`.
 */
export function domainOf(domain: string): Example {
  const [one = '', many = ''] = domain.split('/');
  const forms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    one: formsOf(one),
    many: formsOf(many),
  };
  return {
    flag: `--domain ${domain}`,
    names: [one, many],
    templates: 'domain',
    gone: [...ofEvery.gone, ...ofDomain.gone],
    changes: [ofEvery.changes, ofDomain.changes],
    fill: (text) =>
      text.replaceAll(
        /\{\{(one|many)\.(\w+)\}\}/g,
        (placeholder, number: string, form: string) => forms[number]?.[form] ?? placeholder,
      ),
    words: formsOf(many),
  };
}
