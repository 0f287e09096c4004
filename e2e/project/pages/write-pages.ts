import { readFile, writeFile } from 'node:fs/promises';
import { files } from './pages.ts';

// Writes what the code says into the documentation and the examples of environment files.
const root = new URL('../../../', import.meta.url);
for (const [path, write] of Object.entries(files)) {
  const file = new URL(path, root);
  await writeFile(file, write(await readFile(file, 'utf8')));
}
