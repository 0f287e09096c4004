import type { SilentRequest } from '@azure/msal-browser';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configuration, createFakeClient, createResult } from '../../testing/fake-client.ts';
import { z } from '../configuration/zod.ts';
import { callApi, readJson } from './call-api.ts';

/** Replaces `fetch`, and records the requests. */
function respondWith(...responses: Response[]): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    requests.push(new Request(url, init));
    const response = responses.shift();
    if (!response) throw new TypeError('Failed to fetch');
    return response;
  });
  return requests;
}

const problem = (status: number, code: string) =>
  Response.json({ title: 'Title', status, code, correlationId: 'id' }, { status });

/** Creates a client with a new token for each request that bypasses its cache. */
function createClient() {
  const asked: SilentRequest[] = [];
  const client = createFakeClient({
    acquireTokenSilent: async (request) => {
      asked.push(request);
      return createResult(request.forceRefresh ? 'new' : 'cached');
    },
  });
  return { client, asked };
}

const tokensOf = (requests: Request[]) => requests.map(({ headers }) => headers.get('Authorization'));

afterEach(() => vi.unstubAllGlobals());

describe('callApi', () => {
  test('sends a token for the middle tier, and JSON', async () => {
    const { client, asked } = createClient();
    const requests = respondWith(Response.json({}));
    await callApi(client, configuration, { method: 'POST', path: '/api/x', body: { a: 1 } });
    const [request] = requests;
    expect(asked).toEqual([{ scopes: ['api://middle-tier/.default'], forceRefresh: false }]);
    expect(request?.url).toBe('https://api.example/api/x');
    expect(request?.headers.get('Authorization')).toBe('Bearer cached');
    expect(await request?.json()).toEqual({ a: 1 });
  });

  test('repeats a call once, with a new token, after invalid_token', async () => {
    const { client } = createClient();
    const requests = respondWith(problem(401, 'invalid_token'), Response.json({ fine: true }));
    const response = await callApi(client, configuration, { path: '/api/overview' });
    expect(await response.json()).toEqual({ fine: true });
    expect(tokensOf(requests)).toEqual(['Bearer cached', 'Bearer new']);
  });

  test('sends nothing for somebody who went away while the token was acquired', async () => {
    const requests = respondWith(Response.json({}));
    const controller = new AbortController();
    const call = callApi(createClient().client, configuration, {
      path: '/api/overview',
      signal: controller.signal,
    });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(requests).toEqual([]);
  });

  test('does not repeat a call twice', async () => {
    const { client } = createClient();
    const requests = respondWith(problem(401, 'invalid_token'), problem(401, 'invalid_token'));
    await expect(callApi(client, configuration, { path: '/api/overview' })).rejects.toMatchObject({
      problem: { code: 'invalid_token' },
    });
    expect(requests).toHaveLength(2);
  });

  test.each(['insufficient_claims', 'consent_required', 'internal_error'])(
    'does not repeat a call after %s',
    async (code) => {
      const { client } = createClient();
      const requests = respondWith(problem(401, code));
      await expect(callApi(client, configuration, { path: '/api/overview' })).rejects.toMatchObject({
        problem: { code, correlationId: 'id' },
      });
      expect(requests).toHaveLength(1);
    },
  );

  test('reports a response that is no problem object as unexpected', async () => {
    respondWith(new Response('<html>', { status: 502, headers: { 'x-correlation-id': 'id' } }));
    await expect(
      callApi(createClient().client, configuration, { path: '/api/overview' }),
    ).rejects.toMatchObject({ problem: { code: 'unexpected_response', status: 502, correlationId: 'id' } });
  });

  test('keeps the timings of a response that is no success, to show which step failed', async () => {
    const headers = { 'Server-Timing': 'graph_token;dur=17;failure="consent_required"' };
    respondWith(
      Response.json({ title: 'T', status: 401, code: 'consent_required' }, { status: 401, headers }),
    );
    await expect(
      callApi(createClient().client, configuration, { path: '/api/overview' }),
    ).rejects.toMatchObject({ serverTiming: headers['Server-Timing'] });
  });

  test('reports no response as a problem with status 0', async () => {
    respondWith();
    await expect(
      callApi(createClient().client, configuration, { path: '/api/overview' }),
    ).rejects.toMatchObject({ problem: { code: 'no_response', status: 0 } });
  });
});

describe('readJson', () => {
  const schema = z.object({ name: z.string() });

  test('returns what the schema describes', async () => {
    expect(await readJson(Response.json({ name: 'Priya', more: 1 }), schema)).toEqual({ name: 'Priya' });
  });

  test.each([Response.json({}), new Response('no JSON')])('rejects anything else', async (response) => {
    await expect(readJson(response, schema)).rejects.toMatchObject({
      problem: { code: 'unexpected_response' },
    });
  });
});
