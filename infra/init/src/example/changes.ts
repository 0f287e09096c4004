/**
 * A change to a text: a text whose surroundings are removed (the statement, member or element of an array in code; the
 * row, item or paragraph in Markdown), or a text with what replaces it.
 */
export type Change = string | readonly [from: string | RegExp, to: string];

/** Changes by the path of their file. */
export type Changes = Readonly<Record<string, readonly Change[]>>;

/**
 * Makes changes in a text, one after the other.
 *
 * @param path Says whether the text is code or Markdown, and names it in errors.
 * @param fits Whether each change has to fit; otherwise those that do not are omitted.
 * @throws {Error} naming the change that does not fit.
 */
export function change(path: string, text: string, changes: readonly Change[], fits: boolean): string {
  const remove = path.endsWith('.md') ? removeBlock : removeStatement;
  return changes.reduce<string>((current, one) => {
    const changed = typeof one === 'string' ? remove(current, one) : replace(current, ...one);
    if (changed === undefined && fits) throw new Error(`${path} has changed: init looks for ${one}`);
    return changed ?? current;
  }, text);
}

function replace(text: string, from: string | RegExp, to: string): string | undefined {
  if (typeof from === 'string') return text.includes(from) ? text.replaceAll(from, () => to) : undefined;
  return from.test(text) ? text.replace(from, to) : undefined;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Removes the statement, member or element that a line belongs to, with the comment above it. */
function removeStatement(text: string, marker: string): string | undefined {
  const lines = text.split('\n');
  const found = lines.findIndex((line) => line.includes(marker));
  if (found < 0) return undefined;
  let start = found;
  // An argument belongs to the call that surrounds it, and a closing bracket to what it closes.
  for (let line = lines[start] ?? ''; /^\s*(['`"]|[)\]}])/.test(line); line = lines[start] ?? '') {
    const limit = indentOf(line) - (/^\s*[)\]}]/.test(line) ? 0 : 1);
    do start -= 1;
    while (start > 0 && (lines[start] === '' || indentOf(lines[start] ?? '') > limit));
  }
  const indent = indentOf(lines[start] ?? '');
  const belongs = (line: string) => line === '' || indentOf(line) > indent || /^\s*[)\]}]/.test(line);
  let end = start;
  for (let next = end + 1; next < lines.length && belongs(lines[next] ?? ''); next += 1) {
    if (indentOf(lines[next] ?? '') < indent && lines[next] !== '') break;
    if (lines[next] !== '') end = next;
  }
  while (/^\s*(\/\/|\/?\*)/.test(lines[start - 1] ?? '')) start -= 1;
  if (lines[start - 1] === '' && lines[end + 1] === '') start -= 1;
  return [...lines.slice(0, start), ...lines.slice(end + 1)].join('\n');
}

/** Removes the row, item or paragraph that contains a text. */
function removeBlock(text: string, marker: string): string | undefined {
  const lines = text.split('\n');
  const found = lines.findIndex((line) => line.includes(marker));
  if (found < 0) return undefined;
  let [start, end] = [found, found];
  if (!lines[found]?.startsWith('|')) {
    const begins = (line: string) => /^(- |\d+\. |```|#)/.test(line);
    while (!begins(lines[start] ?? '') && lines[start - 1] !== '') start -= 1;
    while (lines[end + 1] !== '' && !begins(lines[end + 1] ?? '') && end + 1 < lines.length) end += 1;
    const isItem = /^(- |\d+\. )/;
    const isInList = isItem.test(lines[start] ?? '') && isItem.test(`${lines[start - 1]}${lines[end + 1]}`);
    if (!isInList && lines[start - 1] === '' && lines[end + 1] === '') start -= 1;
  }
  return [...lines.slice(0, start), ...lines.slice(end + 1)].join('\n');
}
