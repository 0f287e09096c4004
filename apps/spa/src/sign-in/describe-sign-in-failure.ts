import { AuthError, ServerError } from '@azure/msal-browser';
import { InvalidConfiguration } from '../configuration/configuration.ts';
import type { Notice, Reference } from './notice.ts';

/**
 * Describes why a sign-in failed and what the user can do. Decides by MSAL's `errorCode` and Entra's error number,
 * never by a message.
 *
 * @returns `null` if there is nothing to tell: the user went back, or another redirect is under way.
 */
export function describeSignInFailure(error: unknown): Notice | null {
  if (error instanceof InvalidConfiguration) {
    return { intent: 'error', title: 'This app is not configured', detail: error.message };
  }
  if (isStorageBlocked(error)) {
    return {
      intent: 'error',
      title: 'Your browser blocks site data',
      detail: `Signing in needs the session storage of this page, which holds your tokens until you close the tab. Allow cookies and site data for ${window.location.host} in the settings of your browser, then reload the page.`,
    };
  }
  if (!(error instanceof AuthError)) {
    return {
      intent: 'error',
      title: 'Sign-in could not start',
      detail: 'Check your connection and try again.',
    };
  }
  const number = error instanceof ServerError ? error.errorNo : undefined;
  const reference: Reference = {
    code: number ? `AADSTS${number}` : error.errorCode,
    url: number && `https://login.microsoftonline.com/error?code=${encodeURIComponent(number)}`,
    correlationId: error.correlationId || undefined,
  };
  switch (error.errorCode) {
    case 'user_cancelled':
    case 'interaction_in_progress':
      return null;
    case 'access_denied':
      // Entra ID sends no number if the user ends the visit with Cancel, or without an administrator's approval.
      if (!number) {
        return {
          intent: 'info',
          title: 'You canceled',
          detail: 'The app did nothing on your behalf. You can try again at any time.',
        };
      }
      return number === '65004'
        ? {
            intent: 'info',
            title: 'You did not give your consent',
            detail:
              'Without it the app cannot act on your behalf. Nothing was read. You can sign in again at any time.',
            reference,
          }
        : {
            intent: 'error',
            title: 'Sign-in was rejected',
            detail: 'Your organization does not let this account use the app. Ask your administrator.',
            reference,
          };
    case 'no_network_connectivity':
    case 'network_error':
    case 'post_request_failed':
    case 'get_request_failed':
    case 'endpoints_resolution_error':
    case 'openid_config_error':
    case 'timed_out':
    case 'temporarily_unavailable':
    case 'server_error':
      return {
        intent: 'error',
        title: 'The identity provider did not respond',
        detail: 'Check your connection and try again in a moment.',
        reference,
      };
    default:
      return {
        intent: 'error',
        title: 'Sign-in did not finish',
        detail: 'Try again. If it keeps happening, give your administrator the reference below.',
        reference,
      };
  }
}

/** Whether the browser does not let this page store anything: always, or since the storage is full. */
function isStorageBlocked(error: unknown): boolean {
  if (error instanceof DOMException) return ['SecurityError', 'QuotaExceededError'].includes(error.name);
  const codes = ['in_mem_redirect_unavailable', 'storage_not_supported', 'cache_quota_exceeded'];
  return error instanceof AuthError && codes.includes(error.errorCode);
}
