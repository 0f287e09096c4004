import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What mentions `init` outside of its folders: the file, and the text to remove. */
const mentions: readonly [file: string, text: RegExp][] = [
  ['package.json', / +"init": .*\n/],
  ['README.md', / +init +makes a fork.*\n/],
  ['README.md', / one command \(`npx -y pnpm@12 run init`.*?\),/],
  ['CHANGELOG.md', /- `npx -y pnpm@12 run init` .*\n(?: {2}.*\n)*/],
  ['docs/how-to/make-it-yours.md', /## Run init\n[\s\S]*?\n(?=## )/],
  ['docs/how-to/remove-the-local-tenant.md', / e2e\/project\/init(?= )/],
  ['docs/how-to/remove-the-local-tenant.md', /perl .* infra\/init\/README\.md\n/],
  ['docs/how-to/remove-the-benchmarks.md', / e2e\/project\/init(?= )/],
  ['docs/how-to/remove-the-benchmarks.md', /perl .* infra\/init\/README\.md\n/],
  ['e2e/project/recipes/removal.ts', /, 'infra\/init', 'e2e\/project\/init'/],
  ['e2e/project/structure.test.ts', / +\/\/ init reads.*\n/],
  ['e2e/project/structure.test.ts', /\.filter\(\(file\) => !file\.startsWith\('infra\/init\/'\)\)/],
];

/**
 * Removes `init`, its tests and what mentions it from a copy of the repository.
 *
 * @throws {Error} when a file does not mention it.
 */
export async function removeInit(directory: string): Promise<void> {
  for (const [path, mention] of mentions) {
    const file = join(directory, path);
    // Removed with the part that it was about.
    if (!existsSync(file)) continue;
    const text = await readFile(file, 'utf8');
    if (!mention.test(text)) throw new Error(`${path} does not mention init where it did: ${mention}`);
    await writeFile(file, text.replace(mention, ''));
  }
  const recipes = 'e2e/project/recipes';
  // What init needs of the recipes stays until now when they were removed.
  const unused = (await readdir(join(directory, recipes))).length === 1 ? [recipes] : [];
  for (const folder of ['infra/init', 'e2e/project/init', ...unused])
    await rm(join(directory, folder), { recursive: true, force: true });
}
