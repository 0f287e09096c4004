import { readFile, writeFile } from 'node:fs/promises';
import { files } from './pages.ts';

// Updates the docs and the examples of environment files from the code.
const root = new URL('../../../', import.meta.url);
for (const [path, write] of Object.entries(files)) {
  const file = new URL(path, root);
  await writeFile(file, write(await readFile(file, 'utf8')));
}
