import { readFile, writeFile } from 'node:fs/promises';
import { fillIn } from './fill-in.ts';
import { pages } from './pages.ts';

// Writes what the code says into pages of the documentation.
const root = new URL('../../../', import.meta.url);
for (const [path, blocks] of Object.entries(pages)) {
  const page = new URL(path, root);
  await writeFile(page, fillIn(await readFile(page, 'utf8'), blocks()));
}
