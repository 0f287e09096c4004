import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  environmentFilesIn,
  readKnownSecrets,
  renderEnvironment,
  writeEnvironmentFiles,
} from '../src/environment/environment-files.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'environment files-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test.each([
  'api://5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30',
  '{"issuer":"http://localhost:4400/x/v2.0","list":["a b"]}',
  'abc8Q~.-_~$HOME#not-a-comment"quoted"',
  'a\\nb',
  'https://graph.microsoft.com/User.Read https://graph.microsoft.com/User.ReadBasic.All',
  '',
])('a value is read exactly as it was written: %s', (value) => {
  expect(parseEnv(renderEnvironment({ BEFORE: '1', VALUE: value, AFTER: '2' }))).toEqual({
    BEFORE: '1',
    VALUE: value,
    AFTER: '2',
  });
});

test.each(["it's", 'two\nlines'])('a value that the format cannot carry is rejected: %j', (value) => {
  expect(() => renderEnvironment({ VALUE: value })).toThrow(/VALUE cannot be written/);
});

test('files are written atomically, and only when they change', async () => {
  const files = environmentFilesIn(join(directory, 'env'));
  const environments = {
    spa: { A: '1' },
    middleTierApi: { B: '2' },
    downstreamApi: { C: '3' },
    cli: { D: '5' },
  };
  const written = Object.keys(environments);
  expect(await writeEnvironmentFiles(files, environments)).toHaveLength(written.length);
  expect(await writeEnvironmentFiles(files, environments)).toEqual([]);
  expect(await writeEnvironmentFiles(files, { ...environments, spa: { A: '4' } })).toEqual([files.spa]);
  expect(await readdir(join(directory, 'env'))).toEqual([
    'cli.env',
    'downstream-api.env',
    'middle-tier-api.env',
    'spa.env',
  ]);
  expect(parseEnv(await readFile(files.spa, 'utf8'))).toEqual({ A: '4' });
});

test.each([
  ['there is no file', null],
  ['the file has no secret', 'PORT=4000\n'],
  ['the secret has no key ID', 'CLIENT_SECRET=abc\n'],
  [
    "the secret is the secret's ID",
    'CLIENT_SECRET=3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34\nCLIENT_SECRET_KEY_ID=3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34\n',
  ],
  ['the file is not text', '\0\0'],
])('no secret is known when %s', async (_when, content) => {
  const files = environmentFilesIn(directory);
  if (content !== null) await writeFile(files.middleTierApi, content);
  expect((await readKnownSecrets(files)).middleTierApi).toBeNull();
});
