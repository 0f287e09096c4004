import { readFile, writeFile } from 'node:fs/promises';
import { blocks } from './blocks.ts';
import { fillIn } from './page.ts';

// Writes what the description says into the page for those who register by hand.
const page = new URL('../../../../docs/how-to/register-in-the-portal.md', import.meta.url);
await writeFile(page, fillIn(await readFile(page, 'utf8'), blocks()));
