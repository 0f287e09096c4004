import type { ErrorRow } from './error-row.ts';

/** Errors about signing in at the authorization endpoint. */
export const signInErrors = {
  16000: {
    error: 'interaction_required',
    text: () =>
      'Either multiple user identities are available for the current request or selected account is not supported for the scenario.',
  },
  160021: {
    error: 'interaction_required',
    text: () => 'Application requested a user session which does not exist.',
  },
  165000: {
    error: 'invalid_request',
    text: (reason: string) =>
      `Invalid Request: The request tokens do not match the user context. One or more of the user context values (cookies; form fields; headers) were incorrect or invalid, these values should not be copied between requests or user sessions; always maintain the ALL of the supplied values across a complete single user flow. Failure Reasons:[${reason};]`,
  },
  50089: { error: 'invalid_grant', text: () => 'Authentication failed due to flow token expired.' },
  50034: {
    error: 'invalid_grant',
    text: (account: string, tenant: string) =>
      `The user account ${account} does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
  },
  50057: { error: 'invalid_grant', text: () => 'The user account is disabled.' },
  50058: {
    error: 'login_required',
    text: () =>
      `A silent sign-in request was sent but no user is signed in. The cookies used to represent the user's session were not sent in the request. This can happen if the user is using Internet Explorer or Edge, and the web app sending the silent sign-in request is in different IE security zone than the Azure AD endpoint (login.microsoftonline.com).`,
  },
  50126: {
    error: 'invalid_grant',
    text: () => 'Error validating credentials due to invalid username or password.',
  },
  500121: {
    error: 'access_denied',
    text: () => 'Authentication failed during strong authentication request.',
  },
  9002325: {
    error: 'invalid_request',
    text: () => 'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
  },
  501491: { error: 'invalid_request', text: () => 'Invalid size of Code_Challenge parameter.' },
  70005: {
    error: 'unsupported_response_type',
    text: (type: string) => `The request has an unsupported response_type: '${type}'.`,
  },
  70007: {
    error: 'invalid_request',
    text: (mode: string) => `'${mode}' is not a supported value of 'response_mode' when requesting a token.`,
  },
  700051: {
    error: 'unsupported_response_type',
    text: () => `response_type 'token' is not enabled for the application.`,
  },
  700054: {
    error: 'unsupported_response_type',
    text: () => `response_type 'id_token' is not enabled for the application.`,
  },
  65004: { error: 'access_denied', text: () => 'User declined to consent to access the app.' },
  90093: {
    error: 'access_denied',
    text: (name: string) =>
      `${name} is requesting one or more permissions that you are not authorized to grant. Contact an administrator, who can consent to this application on your behalf.`,
  },
  90094: {
    error: 'access_denied',
    text: (name: string) =>
      `${name} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.`,
  },
} satisfies Record<number, ErrorRow>;
