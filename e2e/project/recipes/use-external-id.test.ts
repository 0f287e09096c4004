import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyTo, expectTypesToHold, overviewOfCopy } from './recipe.ts';

describe('using External ID as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recipe-'));
    await applyTo(directory, 'docs/how-to/use-external-id.md');
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('passes the type checks', () => expectTypesToHold(directory));

  test('lets the middle tier read only the user from Graph', async () => {
    const { headers, body } = await overviewOfCopy(directory);
    expect(body).toMatchObject({
      profile: { state: 'ok', data: { name: 'Priya Raman', manager: null } },
      leave: { state: 'ok' },
    });
    expect(headers.get('server-timing')).toMatch(/graph_me;/);
    expect(headers.get('server-timing')).not.toMatch(/graph_manager/);
  });
});
