import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Services } from '../src/services.ts';
import { freePort } from './free-port.ts';

const program = `
import { createServer } from 'node:http';
import { version } from './version.ts';
createServer((_request, response) => response.end(version)).listen(process.env.PORT, '127.0.0.1');
`;

let root: string;
let url: string;
let services: Services;
const failures: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wątch '));
  await mkdir(join(root, 'src/folder'), { recursive: true });
  await writeFile(join(root, 'src/main.ts'), program);
  await writeFile(versionFile(), versioned('1'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  failures.length = 0;
  services = new Services({ root, environment: {}, onFailure: (reason) => failures.push(reason) });
  await services.start({
    name: 'api',
    url,
    directory: '.',
    program: ['src/main.ts'],
    watched: ['src'],
    environment: { PORT: port },
  });
});
afterEach(async () => {
  await services.stop();
  await rm(root, { recursive: true });
});

const versionFile = () => join(root, 'src/version.ts');
const versioned = (version: string) => `export const version = '${version}';`;
const answer = () =>
  fetch(url)
    .then((response) => response.text())
    .catch(() => 'down');
const expectAnswer = (expected: string) => expect.poll(answer, { timeout: 20_000 }).toBe(expected);

/** The ways in which editors save a file. */
const ways: readonly { how: string; save(content: string): Promise<void> }[] = [
  { how: 'writing into it', save: (content) => writeFile(versionFile(), content) },
  {
    how: 'renaming a new file over it, as sed -i and JetBrains do',
    async save(content) {
      await writeFile(join(root, 'src/sedXYZ'), content);
      await rename(join(root, 'src/sedXYZ'), versionFile());
    },
  },
  {
    how: 'renaming it away and creating it again, as vim does',
    async save(content) {
      await rename(versionFile(), `${versionFile()}~`);
      await writeFile(versionFile(), content);
      await rm(`${versionFile()}~`);
    },
  },
  {
    how: 'renaming a file from another folder over it',
    async save(content) {
      await writeFile(join(root, 'src/folder/version.ts'), content);
      await rename(join(root, 'src/folder/version.ts'), versionFile());
    },
  },
];

test.each(ways)('every save restarts the service, by $how', { timeout: 90_000 }, async ({ save }) => {
  for (const version of ['2', '3', '4']) {
    await save(versioned(version));
    await expectAnswer(version);
  }
  expect(failures).toEqual([]);
});

test('a broken service starts again when it is repaired', { timeout: 60_000 }, async () => {
  const main = join(root, 'src/main.ts');
  const working = await readFile(main, 'utf8');
  await writeFile(main, `throw new Error('down');\n${working}`);
  await expectAnswer('down');
  await writeFile(main, working);
  await expectAnswer('1');
  expect(failures).toEqual([]);
});
