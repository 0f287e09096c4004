import { rejectionReasons } from '@obo/on-behalf-of';
import { code, table } from './markdown.ts';

interface Row {
  problem: string;
  actor: string;
  codes: readonly string[];
  suberrors?: readonly string[];
  errors?: readonly string[];
}

const codes = (values: readonly string[] = []): string => values.map(code).join(', ');
const pages = (numbers: readonly string[]): string =>
  numbers.map((number) => `[${number}](../reference/errors/AADSTS${number}.md)`).join(', ');

/** Renders the block of "The On-Behalf-Of flow" that follows from {@link rejectionReasons}. */
export const onBehalfOfPage = (): Readonly<Record<string, string>> => ({
  rejections: table(
    ['reason', 'who has to act', 'response', '1. `error_codes`', '2. `suberror`', '3. `error`'],
    Object.entries<Row>(rejectionReasons).map(([reason, { actor, problem, codes: numbers, ...names }]) => [
      code(reason),
      actor,
      `[${code(problem)}](../reference/errors/${problem}.md)`,
      pages(numbers),
      codes(names.suberrors),
      codes(names.errors),
    ]),
  ),
});
