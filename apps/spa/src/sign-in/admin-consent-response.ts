import type { Notice } from './notice.ts';

/**
 * Describes the response to a request for admin consent, which an administrator makes with a link and not through MSAL.
 * Anyone can write such a link, so nothing is taken from the response but an error number.
 *
 * Source: "Admin consent on the Microsoft identity platform". It shows `error=consent_required` for a canceled request;
 * Entra ID sends `access_denied` as well (MicrosoftDocs/azure-docs#114009), and the endpoint without `v2.0` sends
 * `permission_denied` without a number. So errors are told apart by number, and `admin_consent=True` alone proves nothing.
 *
 * @returns `null` if the parameters are no response.
 */
export function describeAdminConsent(parameters: URLSearchParams): Notice | null {
  const error = parameters.get('error');
  if (error !== null) return describeError(error, parameters.get('error_description') ?? '');
  if (parameters.get('admin_consent')?.toLowerCase() !== 'true') return null;
  return {
    intent: 'info',
    title: 'Consent was granted',
    detail:
      'The app may now act on behalf of all users of your organization. None of them is asked for consent.',
  };
}

function describeError(error: string, description: string): Notice {
  const number = /AADSTS(\d+)/.exec(description)?.[1];
  const reference = number
    ? { code: `AADSTS${number}`, url: `https://login.microsoftonline.com/error?code=${number}` }
    : undefined;
  if (number === '65004' || (!number && error === 'permission_denied')) {
    return {
      intent: 'info',
      title: 'Consent was not granted',
      detail: 'The request was canceled, and nothing was changed. To grant consent, open the link again.',
      reference,
    };
  }
  return {
    intent: 'error',
    title: 'Consent was rejected',
    detail: 'Nothing was changed. The reference names the reason.',
    reference: reference ?? { code: /^[a-z_]{1,40}$/.test(error) ? error : 'unknown_error' },
  };
}
