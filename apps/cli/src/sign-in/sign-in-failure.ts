import { AuthError } from '@azure/msal-node';
import { CommandFailed, type ExitCode, exitCodes } from '../exit-codes.ts';

/** No token can be acquired, or a request not be sent, without the user. */
export class SignInRequired extends CommandFailed {
  constructor(detail: string, options?: ErrorOptions) {
    super(exitCodes.signInRequired, { code: 'sign_in_required', title: 'Sign in first', detail }, options);
  }
}

const declined = {
  title: 'You did not give your consent',
  detail: 'Without it the command line cannot act on your behalf. Nothing was done.',
};
const canceled = { title: 'You canceled', detail: 'Nothing was done on your behalf.' };
const tooLate = { title: 'The code has expired', detail: 'Run the command again for another one.' };

/**
 * Describes why a sign-in failed and what the user can do. Decides by MSAL's `errorCode` and Entra's error number.
 *
 * @returns Other errors as they are.
 */
export function describeSignInFailure(error: unknown): unknown {
  if (!(error instanceof AuthError)) return error;
  const { errorCode, errorMessage, correlationId } = error;
  // MSAL does not read the number from the answer to `/authorize`.
  const number = /AADSTS(\d+)/.exec(errorMessage)?.[1];
  const code = number === undefined ? errorCode : `AADSTS${number}`;
  const failed = (exitCode: ExitCode, texts: { title: string; detail: string }) =>
    new CommandFailed(
      exitCode,
      { code, ...texts, correlationId: correlationId || undefined },
      { cause: error },
    );
  // A poll of the device's code that fails has the error of the token endpoint as its message.
  switch (errorCode === 'post_request_failed' ? errorMessage : errorCode) {
    case 'access_denied':
      if (number === undefined) return failed(exitCodes.signInRequired, canceled);
      if (number === '65004') return failed(exitCodes.signInRequired, declined);
      return failed(exitCodes.signInRequired, {
        title: 'Sign-in was rejected',
        detail: 'Your organization does not let this account use the app. Ask your administrator.',
      });
    case 'authorization_declined':
      return failed(exitCodes.signInRequired, canceled);
    case 'expired_token':
    case 'device_code_expired':
      return failed(exitCodes.signInRequired, tooLate);
    case 'network_error':
    case 'post_request_failed':
    case 'get_request_failed':
    case 'endpoints_resolution_error':
    case 'openid_config_error':
    case 'temporarily_unavailable':
    case 'server_error':
      return failed(exitCodes.unavailable, {
        title: 'The identity provider did not respond',
        detail: 'Check your connection and try again in a moment.',
      });
    default:
      return failed(exitCodes.failed, {
        title: 'Sign-in did not finish',
        detail: errorMessage.split(/\r?\n/, 1)[0] ?? errorCode,
      });
  }
}
