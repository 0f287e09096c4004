/** A part of a page between two markers; the second one ends it. */
const block = /<!-- begin (.+?) -->[\s\S]*?<!-- end -->/g;

/**
 * Puts each block between its markers. A pure function.
 *
 * @throws {Error} when the page has a marker that stands for nothing, or lacks one.
 */
export function fillIn(page: string, blocks: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(blocks));
  const filled = page.replaceAll(block, (_all, name: string) => {
    const text = blocks[name];
    if (text === undefined) throw new Error(`The page has a marker '${name}' that stands for nothing.`);
    missing.delete(name);
    return `<!-- begin ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`The page has no marker for ${[...missing].join(', ')}.`);
  return filled;
}
