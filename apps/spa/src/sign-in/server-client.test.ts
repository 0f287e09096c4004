import { InteractionRequiredAuthError, ServerError } from '@azure/msal-browser';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { account, configuration } from '../../testing/fake-client.ts';
import { createServerClient } from './server-client.ts';

/** Stands in for the backend for frontend. Returns the requests that it got, with the user whom they name. */
function answer(answers: Readonly<Record<string, Response>>): string[] {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (path: string, { method, headers }: RequestInit) => {
    sent.push(`${method} ${path} as ${new Headers(headers).get('X-Session-User')}`);
    return answers[`${method} ${path}`]?.clone() ?? new Response(null, { status: 404 });
  });
  return sent;
}

const session = (members: object) => ({ 'GET /session': Response.json({ outcome: null, ...members }) });
const assign = () => vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
const request = { scopes: ['api://middle-tier/.default'] };

afterEach(() => vi.unstubAllGlobals());

describe('the client for tokens on the server', () => {
  test('has the account of the session, and its ID in place of a token', async () => {
    const sent = answer(session({ account }));
    const client = await createServerClient(configuration);
    expect(client.getAllAccounts()).toEqual([account]);
    expect(client.getActiveAccount()).toEqual(account);
    expect(await client.acquireTokenSilent(request)).toMatchObject({ accessToken: account.homeAccountId });
    expect(sent).toEqual(['GET /session as none']);
  });

  test('has no account and no token without a session', async () => {
    answer(session({ account: null }));
    const client = await createServerClient(configuration);
    expect(client.getAllAccounts()).toEqual([]);
    await expect(client.acquireTokenSilent(request)).rejects.toBeInstanceOf(InteractionRequiredAuthError);
  });

  test('tells once how the sign-in ended that led to the page', async () => {
    answer(session({ account, outcome: { succeeded: true } }));
    const client = await createServerClient(configuration);
    expect(await client.handleRedirectPromise()).toMatchObject({ account });
    expect(await client.handleRedirectPromise()).toBeNull();

    answer(session({ account: null, outcome: { error: 'access_denied', number: '65004' } }));
    const failed = await (await createServerClient(configuration))
      .handleRedirectPromise()
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ServerError);
    expect(failed).toMatchObject({ errorCode: 'access_denied', errorNo: '65004' });
  });

  test.each([
    [204, undefined],
    [401, InteractionRequiredAuthError],
    [503, ServerError],
  ])('has the token renewed that the API rejected: %s', async (status, error) => {
    const sent = answer({
      ...session({ account }),
      'POST /session/renewal': new Response(null, { status }),
    });
    const client = await createServerClient(configuration);
    const renewed = client.acquireTokenSilent({ ...request, forceRefresh: true });
    if (error) await expect(renewed).rejects.toBeInstanceOf(error);
    else expect(await renewed).toMatchObject({ account });
    expect(sent.at(-1)).toBe(`POST /session/renewal as ${account.homeAccountId}`);
  });

  test('answers a challenge by going to the sign-in of the server, and coming back to the page', async () => {
    answer(session({ account }));
    const assigned = assign();
    window.history.replaceState(null, '', '/leave/new?day=1');
    const client = await createServerClient(configuration);
    await client.acquireTokenRedirect({ ...request, prompt: 'consent', claims: '{"a":1}' });
    const url = new URL(String(assigned.mock.lastCall?.[0]), window.location.origin);
    expect(url.pathname).toBe('/sign-in');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      return_to: '/leave/new?day=1',
      prompt: 'consent',
      claims: '{"a":1}',
    });
  });

  test('signs out at the server, and goes to where the session at the identity provider ends', async () => {
    const url = 'https://login.example/logout';
    const sent = answer({ ...session({ account }), 'POST /session/end': Response.json({ url }) });
    const assigned = assign();
    const client = await createServerClient(configuration);
    await client.logoutRedirect();
    expect(assigned).toHaveBeenCalledWith(url);
    expect(client.getActiveAccount()).toBeNull();
    expect(sent.at(-1)).toBe(`POST /session/end as ${account.homeAccountId}`);
  });

  test('fails if something else answers', async () => {
    answer({ 'GET /session': new Response('<!doctype html>') });
    await expect(createServerClient(configuration)).rejects.toBeInstanceOf(ServerError);
  });
});
