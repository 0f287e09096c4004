import { afterEach, expect, test, vi } from 'vitest';
import { configuration } from '../../testing/fake-client.ts';
import { InvalidConfiguration, loadConfiguration } from './configuration.ts';

const respondWith = (response: Response) => vi.stubGlobal('fetch', async () => response);

afterEach(() => vi.unstubAllGlobals());

test('loads the configuration', async () => {
  respondWith(Response.json(configuration));
  expect(await loadConfiguration()).toEqual(configuration);
});

const guid = '0f4d3c2b-1a09-4b8c-9d7e-6f5a4b3c2d1e';
test.each([
  ['clientId', guid.toUpperCase(), guid],
  ['authority', 'https://login.example/contoso.example/v2.0', 'https://login.example/contoso.example'],
  ['authority', 'https://login.example/organizations', 'https://login.example/organizations'],
  ['authority', `https://login.example/${guid.toUpperCase()}/v2.0/`, `https://login.example/${guid}`],
  ['apiAppIdUri', `api://Leave/${guid.toUpperCase()}`, `api://Leave/${guid}`],
])('normalizes %s %s', async (member, value, normalized) => {
  respondWith(Response.json({ ...configuration, [member]: value }));
  expect(await loadConfiguration()).toEqual({ ...configuration, [member]: normalized });
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

test.each([
  ['https://logs.example/?id={correlationId}', true],
  ['https://logs.example/', false],
  ['javascript:alert("{correlationId}")', false],
])(
  'accepts only a web address with a place for the correlation ID as requestUrl: %s',
  async (requestUrl, valid) => {
    respondWith(Response.json({ ...configuration, requestUrl }));
    const loaded = loadConfiguration().then(
      () => true,
      () => false,
    );
    expect(await loaded).toBe(valid);
  },
);
