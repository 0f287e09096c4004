import type { ErrorRow } from './error-row.ts';

/** Errors about the grant: the code, refresh token or assertion cannot be exchanged. */
export const grantErrors = {
  50013: {
    error: 'invalid_grant',
    text: (reason: string, thumbprint: string) =>
      `Assertion failed signature validation. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}'].`,
  },
  50133: {
    error: 'invalid_grant',
    suberror: 'bad_token',
    text: () => 'Session is invalid due to expiration or recent password change.',
  },
  50173: {
    error: 'invalid_grant',
    suberror: 'bad_token',
    text: (issuedAt: string, validFrom: string) =>
      `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${issuedAt}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${validFrom}'.`,
  },
  500131: {
    error: 'invalid_grant',
    text: (audience: string, appId: string, name: string) =>
      `Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${audience}' and the expected audience is '${appId}' or one of the Application Uris of this application with App ID '${appId}'(${name}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.`,
  },
  500133: {
    error: 'invalid_grant',
    text: (now: string, expiry: string) =>
      `Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: ${now}, expiry time of assertion ${expiry}.`,
  },
  501481: {
    error: 'invalid_grant',
    text: () => 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  54005: {
    error: 'invalid_grant',
    text: () =>
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  },
  70000: { error: 'invalid_grant', text: () => 'Provided grant is invalid or malformed.' },
  700007: { error: 'invalid_grant', text: () => 'The grant was issued for a different client id.' },
  70003: {
    error: 'unsupported_grant_type',
    withoutPage: true,
    text: (grantType: string) => `The app requested an unsupported grant type '${grantType}'.`,
  },
  70008: {
    error: 'invalid_grant',
    text: () =>
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  70016: {
    error: 'authorization_pending',
    text: () => 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  70018: {
    error: 'bad_verification_code',
    text: () =>
      'Invalid verification code due to User typing in wrong user code for device code flow. Authorization is not approved.',
  },
  70019: {
    error: 'expired_token',
    text: () => 'Verification code expired. Have the user retry the sign-in.',
  },
  70020: {
    error: 'expired_token',
    text: () =>
      `The provided value for the input parameter 'device_code' is not valid. This device code has expired.`,
  },
  90119: { error: 'invalid_request', text: () => 'The user code is null or empty.' },
  90120: { error: 'invalid_request', text: () => 'The request was already authorized or declined.' },
  700082: {
    error: 'invalid_grant',
    text: (issuedAt: string, lifetime: string) =>
      `The refresh token has expired due to inactivity. The token was issued on ${issuedAt} and was inactive for ${lifetime}.`,
  },
  700084: {
    error: 'invalid_grant',
    text: (issuedAt: string, lifetime: string) =>
      `The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of ${lifetime}, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on ${issuedAt}.`,
  },
  7000114: {
    error: 'unauthorized_client',
    text: (appId: string) => `Application '${appId}' is not allowed to make application on-behalf-of calls.`,
  },
  240002: {
    error: 'invalid_grant',
    text: () => `Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant.`,
  },
  9002326: {
    error: 'invalid_request',
    text: (origin: string) =>
      `Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '${origin}'.`,
  },
  9002327: {
    error: 'invalid_request',
    text: () =>
      `Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.`,
  },
} satisfies Record<number, ErrorRow>;
