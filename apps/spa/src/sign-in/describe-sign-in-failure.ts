import { AuthError, ServerError } from '@azure/msal-browser';
import { ConfigurationUnusable } from '../configuration/load-configuration.ts';
import type { Notice } from './notice.ts';

/**
 * Says what went wrong with a sign-in and what the person can do. Decides by MSAL's `errorCode` and Entra's
 * error number, never by a message.
 *
 * @returns `null` if the person went back on their own: there is nothing to tell.
 */
export function describeSignInFailure(error: unknown): Notice | null {
  if (error instanceof ConfigurationUnusable) {
    return { intent: 'error', title: 'This app is not configured', detail: error.message };
  }
  if (!(error instanceof AuthError)) {
    return {
      intent: 'error',
      title: 'Sign-in could not start',
      detail: 'Check your connection and try again.',
    };
  }
  const number = errorNumber(error);
  const page = number && `docs/reference/errors/${number}.md`;
  const reference = [error.errorCode, number, page, error.correlationId].filter(Boolean).join(' · ');
  switch (error.errorCode) {
    case 'user_cancelled':
      return null;
    case 'access_denied':
      return number === 'AADSTS65004' || number === ''
        ? {
            intent: 'error',
            title: 'You did not give your consent',
            detail:
              'Without it the app cannot act on your behalf. Nothing was read. You can sign in again at any time.',
            reference,
          }
        : {
            intent: 'error',
            title: 'Sign-in was refused',
            detail: 'Your organisation does not let this account use the app. Ask your administrator.',
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
        title: 'The identity provider did not answer',
        detail: 'Check your connection and try again in a moment.',
        reference,
      };
    default:
      return {
        intent: 'error',
        title: 'Sign-in did not finish',
        detail: 'Try again. If it keeps happening, tell your administrator the reference below.',
        reference,
      };
  }
}

function errorNumber(error: AuthError): string {
  return error instanceof ServerError && error.errorNo ? `AADSTS${error.errorNo}` : '';
}
