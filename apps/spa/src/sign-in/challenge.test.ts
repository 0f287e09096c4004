import { BrowserAuthError, type RedirectRequest } from '@azure/msal-browser';
import { beforeEach, describe, expect, test } from 'vitest';
import { account, createFakeClient } from '../../testing/fake-client.ts';
import { answerChallenge, decodeClaims } from './challenge.ts';
import { takeInterruptedAction } from './interrupted-action.ts';

const scopes = ['api://middle-tier/.default'];

function createClient() {
  const redirects: (RedirectRequest | undefined)[] = [];
  const client = createFakeClient({ acquireTokenRedirect: async (request) => void redirects.push(request) });
  return { client, redirects };
}

beforeEach(() => sessionStorage.clear());

describe('answerChallenge', () => {
  test('passes on the claims as JSON', async () => {
    const { client, redirects } = createClient();
    const claims = btoa('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}');
    expect(await answerChallenge(client, scopes, { kind: 'claims', claims })).toBeNull();
    expect(redirects).toEqual([
      { scopes, account, claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' },
    ]);
  });

  test('requests consent for the scopes of the challenge', async () => {
    const { client, redirects } = createClient();
    await answerChallenge(client, scopes, { kind: 'consent', scopes: ['https://graph.example/.default'] });
    expect(redirects).toEqual([{ scopes: ['https://graph.example/.default'], account, prompt: 'consent' }]);
  });

  test('signs in again', async () => {
    const { client, redirects } = createClient();
    await answerChallenge(client, scopes, { kind: 'sign-in' });
    await answerChallenge(client, scopes, { kind: 'sign-in', prompt: 'login' });
    expect(redirects).toEqual([
      { scopes, account },
      { scopes, account, prompt: 'login' },
    ]);
  });

  test('stores what the user was doing, for this user', async () => {
    await answerChallenge(createClient().client, scopes, { kind: 'sign-in' }, { kind: 'cancel-leave' });
    expect(takeInterruptedAction('another user')).toBeNull();
    await answerChallenge(createClient().client, scopes, { kind: 'sign-in' }, { kind: 'cancel-leave' });
    expect(takeInterruptedAction(account.homeAccountId)).toEqual({ kind: 'cancel-leave' });
    expect(takeInterruptedAction(account.homeAccountId)).toBeNull();
  });

  test.each([
    ['user_cancelled', null],
    ['interaction_in_progress', null],
    ['network_error', expect.objectContaining({ title: 'The identity provider did not respond' })],
  ])('tells the user how a redirect failed: %s', async (code, notice) => {
    const client = createFakeClient({
      acquireTokenRedirect: () => Promise.reject(new BrowserAuthError(code, '')),
    });
    expect(await answerChallenge(client, scopes, { kind: 'sign-in' })).toEqual(notice);
  });

  test('does not redirect for claims that cannot be decoded', async () => {
    const { client, redirects } = createClient();
    expect(await answerChallenge(client, scopes, { kind: 'claims', claims: '%' })).not.toBeNull();
    expect(redirects).toEqual([]);
  });
});

describe('decodeClaims', () => {
  test('reads base64 and base64url, and UTF-8', () => {
    expect(decodeClaims('eyJuYW1lIjoixYHDs2TFuj8_In0=')).toBe('{"name":"Łódź??"}');
    expect(decodeClaims('eyJuYW1lIjoixYHDs2TFuj8/In0')).toBe('{"name":"Łódź??"}');
  });

  test('rejects what is not JSON', () => {
    expect(() => decodeClaims(btoa('{'))).toThrow(SyntaxError);
  });
});
