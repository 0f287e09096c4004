import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';

const page = new URL('../../../docs/reference/performance.md', import.meta.url);
const start = '<!-- measured by `npx -y pnpm@12 bench` -->';
const end = '<!-- end of what was measured -->';

/** Renders the rows as a Markdown table. */
export function renderTable(rows: readonly BenchRow[]): string {
  const lines = rows.map(({ name, goal, value, isMet, peers }) =>
    [name, goal, value + (isMet === false ? ' **missed**' : ''), peers].map((cell) =>
      cell.replaceAll('|', '\\|'),
    ),
  );
  return [['what', 'must be', 'is', 'others'], ['---', '---', '---', '---'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Replaces the rows on the page, with the date and the machine of the run. */
export async function writePerformancePage(rows: readonly BenchRow[]): Promise<void> {
  const text = await readFile(page, 'utf8');
  const [before, after] = [text.indexOf(start), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${fileURLToPath(page)} has no place for the rows`);
  const [{ model } = { model: 'an unknown processor' }] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const circumstances = `Measured on ${date}: Node.js ${process.versions.node}, ${availableParallelism()} cores, ${model.trim()}.`;
  const content = `${start}\n\n${circumstances}\n\n${renderTable(rows)}\n\n`;
  await writeFile(page, text.slice(0, before) + content + text.slice(after));
}
