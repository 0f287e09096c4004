/** A block of a page between two markers. */
const block = /<!-- begin (.+?) -->[\s\S]*?<!-- end -->/g;

/**
 * Puts each block between its markers.
 *
 * @throws {Error} when the page lacks a marker, or has one without a block.
 */
export function fillIn(page: string, blocks: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(blocks));
  const filled = page.replaceAll(block, (_all, name: string) => {
    const text = blocks[name];
    if (text === undefined) throw new Error(`The page has a marker '${name}' without a block.`);
    missing.delete(name);
    return `<!-- begin ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`The page has no marker for ${[...missing].join(', ')}.`);
  return filled;
}
