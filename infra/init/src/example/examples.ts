import * as changesOfBare from './bare.ts';
import type { Changes } from './changes.ts';
import { reworder } from './words.ts';

/** What takes the place of leave. */
export interface Example {
  /** The flag that chooses it. */
  flag: string;
  /** The folder of its templates. */
  templates: string;
  /** What only leave needs: paths and patterns of git. */
  gone: readonly string[];
  changes: Changes;
  /** Puts its names into a text. */
  fill: (text: string) => string;
  /** Puts its names in the place of those of leave, where nothing else has to change. */
  reword: (path: string, text: string) => string;
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
  templates: 'bare',
  ...changesOfBare,
  fill: (text) => text,
  reword: reworder({ camel: 'hello', Pascal: 'Hello', path: 'hello', noun: 'greeting' }),
};
