import type { Kept, Name } from './names.ts';

/** A name with what it will be. */
export type NewName = Name & { value: string };

interface Range {
  start: number;
  end: number;
}

const rangesOf = (text: string, pattern: RegExp): Range[] =>
  [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));

const keptIn = (file: string, text: string, kept: readonly Kept[]): Range[] =>
  kept
    .filter((one) => one.file === undefined || one.file === file)
    .flatMap((one) => rangesOf(text, one.text));

const isOutside = (others: readonly Range[], { start, end }: Range): boolean =>
  others.every((other) => end <= other.start || start >= other.end);

/**
 * Renames everything at once, so that two names can also be exchanged.
 *
 * @param file Path of the file in the repository.
 */
export function renameIn(
  file: string,
  text: string,
  newNames: readonly NewName[],
  kept: readonly Kept[],
): string {
  const stays = keptIn(file, text, kept);
  const found = newNames
    .flatMap(({ forms, value }) =>
      forms.flatMap((form) => rangesOf(text, form)).map((range) => ({ ...range, value })),
    )
    .filter((range) => isOutside(stays, range))
    .sort((one, other) => one.start - other.start);
  let renamed = '';
  let end = 0;
  for (const { start, end: next, value } of found) {
    if (start < end) continue; // two forms match the same place
    renamed += text.slice(end, start) + value;
    end = next;
  }
  return renamed + text.slice(end);
}

/**
 * Finds names of today, in any form, that do not have a reason to stay.
 *
 * @returns Each as `file:line: the line`.
 */
export function findNames(
  file: string,
  text: string,
  names: readonly Name[],
  kept: readonly Kept[],
): string[] {
  const stays = keptIn(file, text, kept);
  const lines = names
    .flatMap(({ trace }) => rangesOf(text, trace))
    .filter((range) => isOutside(stays, range))
    .map(({ start }) => text.slice(0, start).split('\n').length);
  return [...new Set(lines)]
    .sort((one, other) => one - other)
    .map((line) => `${file}:${line}: ${text.split('\n')[line - 1]?.trim()}`);
}
