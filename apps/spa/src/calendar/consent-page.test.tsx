import { cleanup, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { account } from '../../testing/fake-client.ts';
import { renderPage } from '../../testing/render-page.tsx';
import { takeInterruptedAction } from '../sign-in/interrupted-action.ts';
import { useConsentOutcome } from './consent-outcome.ts';
import { openConsentPage } from './open-consent-page.ts';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test('the consent page is told where to send the user back and who they are, and what they were doing is kept', () => {
  const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
  openConsentPage('https://api.example/consent/calendar', account, { kind: 'request-leave' });
  const address = new URL(String(assign.mock.calls[0]?.[0]));
  expect(address.origin + address.pathname).toBe('https://api.example/consent/calendar');
  expect(Object.fromEntries(address.searchParams)).toEqual({
    return_to: window.location.origin + window.location.pathname,
    login_hint: account.username,
  });
  expect(takeInterruptedAction(account.homeAccountId)).toEqual({ kind: 'request-leave' });
});

function Outcome() {
  return <p>outcome: {useConsentOutcome() ?? 'none'}</p>;
}

test.each([
  ['/leave/new?calendar_consent=granted', 'granted'],
  ['/leave/new?calendar_consent=refused', 'refused'],
  ['/leave/new?calendar_consent=admin_required', 'admin_required'],
  ['/leave/new?calendar_consent=failed', 'failed'],
  ['/leave/new?calendar_consent=%3Cscript%3E', 'none'],
  ['/leave/new', 'none'],
])('reads how the consent page ended, and removes it from the address: %s', (address, outcome) => {
  renderPage(
    <StrictMode>
      <Outcome />
    </StrictMode>,
    { address },
  );
  expect(screen.getByText(`outcome: ${outcome}`)).toBeTruthy();
  expect(screen.getByTestId('address').textContent).toBe('/leave/new');
});
