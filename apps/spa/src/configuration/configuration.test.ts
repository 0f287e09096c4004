import { afterEach, expect, test, vi } from 'vitest';
import { configuration } from '../../testing/fake-client.ts';
import { InvalidConfiguration, loadConfiguration } from './configuration.ts';

const respondWith = (response: Response) => vi.stubGlobal('fetch', async () => response);

afterEach(() => vi.unstubAllGlobals());

test('loads the configuration', async () => {
  respondWith(Response.json(configuration));
  expect(await loadConfiguration()).toEqual(configuration);
});

test('names every member that is missing or wrong, and no value', async () => {
  respondWith(Response.json({ ...configuration, clientId: 'secret', apiBaseUrl: undefined }));
  const error = await loadConfiguration().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidConfiguration);
  expect(String(error)).toMatch(/Check: clientId, apiBaseUrl\.$/);
  expect(String(error)).not.toContain('secret');
});

test('says that the document is missing if something else is in its place', async () => {
  respondWith(new Response('<!doctype html>'));
  await expect(loadConfiguration()).rejects.toThrow('Check: the whole document.');
});
