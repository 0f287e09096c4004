import type { AccountInfo } from '@azure/msal-browser';
import { MsalProvider } from '@azure/msal-react';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { account, createFakeClient } from '../../testing/fake-client.ts';
import { useSignedOutElsewhere, useSignOut } from './sign-out.ts';

function SignedIn() {
  const signOut = useSignOut();
  useSignedOutElsewhere();
  return (
    <button type="button" onClick={() => void signOut()}>
      Sign out
    </button>
  );
}

const renderFor = (methods: Parameters<typeof createFakeClient>[0]) =>
  render(
    <MsalProvider instance={createFakeClient(methods)}>
      <SignedIn />
    </MsalProvider>,
  );

const another: AccountInfo = { ...account, homeAccountId: 'another.tid' };

afterEach(cleanup);

test.each([
  { now: 'the same user', current: account, reloads: 0 },
  { now: 'another user', current: another, reloads: 1 },
  { now: 'no user', current: null, reloads: 1 },
])(
  'a page that the Back button restores is loaded anew unless it shows the current user: $now',
  ({ current, reloads }) => {
    const reload = vi.spyOn(window.location, 'reload').mockImplementation(() => undefined);
    let active: AccountInfo | null = account;
    renderFor({ getActiveAccount: () => active });
    active = current;
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(reload).toHaveBeenCalledTimes(reloads);
  },
);

test('signing out works in a browser that has begun to block site data', async () => {
  vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(() => {
    throw new DOMException('Access is denied', 'SecurityError');
  });
  const logoutRedirect = vi.fn(async () => undefined);
  renderFor({ logoutRedirect });
  fireEvent.click(screen.getByRole('button'));
  await expect.poll(() => logoutRedirect.mock.calls).toEqual([[{ account }]]);
});
