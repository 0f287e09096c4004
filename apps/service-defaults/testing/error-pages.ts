import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const directory = resolve(import.meta.dirname, '../../../docs/reference/errors');

/**
 * Reads the pages of the docs about our problems.
 *
 * @param sender Matches pages by the line that names the senders of the problem.
 */
export const errorPages = (sender: RegExp): { code: string; text: string }[] =>
  readdirSync(directory)
    .filter((name) => /^[a-z_]+\.md$/.test(name))
    .map((name) => ({ code: name.slice(0, -3), text: readFileSync(resolve(directory, name), 'utf8') }))
    .filter(({ text }) => sender.test(text));
