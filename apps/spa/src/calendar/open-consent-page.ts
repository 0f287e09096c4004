import type { AccountInfo } from '@azure/msal-browser';
import { storeInterruptedAction } from '../sign-in/interrupted-action.ts';

/**
 * Opens the middle tier's consent page, which sends the user back to this page. Call it only when the user chose to.
 *
 * @param consentUrl From the problem `calendar_consent_required`.
 * @param action What the user was doing, to be repeated on return.
 */
export function openConsentPage(consentUrl: string, account: AccountInfo | null, action: unknown): void {
  const url = new URL(consentUrl);
  url.searchParams.set('return_to', window.location.origin + window.location.pathname);
  if (account) {
    url.searchParams.set('login_hint', account.username);
    storeInterruptedAction(account.homeAccountId, action);
  }
  window.location.assign(url);
}
