import { AuthError } from '@azure/msal-node';
import type { CallFailed } from '@obo/service-defaults/calls';
import { bearerChallenge, defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import type { TokenEndpointOutcome } from './network-client.ts';
import { explainUnavailable } from './resource-problems.ts';

/** How an exchange can end, other than with a token. */
export const exchangeProblems = defineProblems({
  consent_required: [403, 'Consent is missing'],
  insufficient_claims: [401, 'The identity provider requires more'],
  identity_configuration: [500, 'This API is not registered correctly'],
  access_blocked: [403, 'A policy of the organization blocks access'],
  token_exchange_failed: [502, 'The identity provider returned an unexpected response'],
});

/**
 * AADSTS numbers that report that the user's access was revoked: session revoked or password changed (50133, 50173,
 * 50132), account disabled (50057).
 * Source: "Microsoft Entra authentication and authorization error codes".
 */
const revoked = ['50133', '50173', '50132', '50057'];

/**
 * AADSTS numbers that require the user to sign in again. Besides those for revoked access: assertion expired (500133), its
 * signing key withdrawn after it was validated here (50013), sign-in required (50058, 50078, 700082).
 */
const signInAgain = new Set([...revoked, '500133', '50013', '50058', '50078', '700082']);

/**
 * AADSTS numbers that report that the middle tier itself is not set up correctly. The caller has done nothing wrong, and
 * signing in again would not help.
 */
const misconfigured = new Set([
  '500131',
  '500011',
  '650052',
  '65005',
  '700016',
  '700027',
  '700024',
  '501661',
  '7000215',
  '7000222',
  '7000218',
  '90002',
]);

/**
 * Translates what MSAL throws into a problem for the caller. It decides by error codes and numbers, never by messages,
 * and keeps no part of a message.
 *
 * Source: "On-Behalf-Of flow", error response example; "Claims challenges, claims requests, and client capabilities".
 *
 * @param authority Where the user can satisfy a claims challenge.
 * @param consentScope The scope that a client must request when consent is missing.
 */
export function toExchangeProblem(
  error: unknown,
  outcome: TokenEndpointOutcome,
  { authority, consentScope }: { authority: string; consentScope: string },
): Problem {
  if (error instanceof Problem) return error;
  const { failure } = outcome;
  if (failure && failure.reason !== 'answer_invalid') return identityProviderUnavailable(failure);
  if (!(error instanceof AuthError)) return tokenExchangeFailed(error);

  const number = stringField(error, 'errorNo');
  const claims = stringField(error, 'claims');
  if (claims !== '') return claimsChallenge(Buffer.from(claims).toString('base64'), authority, error);
  if (number === '65001' || error.subError === 'consent_required') {
    return new Problem(exchangeProblems.consent_required, {
      detail: 'Ask the user for consent, by requesting the listed scopes with prompt=consent.',
      extensions: { scopes: [consentScope] },
      cause: error,
    });
  }
  if (misconfigured.has(number) || error.errorCode === 'invalid_client') {
    return identityMisconfigured(error);
  }
  if (number === '53003') {
    return new Problem(exchangeProblems.access_blocked, {
      detail: 'Signing in again does not help. An administrator can find the policy in the sign-in logs.',
      cause: error,
    });
  }
  if (signInAgain.has(number) || error.errorCode === 'interaction_required') {
    return new Problem(problems.invalid_token, {
      detail: 'Sign in again and call with a new access token.',
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_token' }) },
      cause: error,
    });
  }
  return tokenExchangeFailed(error);
}

/** Tells whether MSAL's error reports that the user's access was revoked, so that cached tokens must not be used. */
export const revokesTokens = (error: unknown): boolean =>
  error instanceof AuthError &&
  (stringField(error, 'claims') !== '' || revoked.includes(stringField(error, 'errorNo')));

/** Creates the problem for a token endpoint, or a managed identity endpoint, that returns no usable response now. */
export const identityProviderUnavailable = (
  failure: CallFailed,
  dependency: 'identity_provider' | 'managed_identity' = 'identity_provider',
): Problem =>
  new Problem(problems.identity_provider_unavailable, {
    detail: 'Tokens for the services behind this API are not available at the moment. Try again later.',
    ...explainUnavailable(dependency, failure),
  });

/** Creates the problem for a middle tier that is not set up correctly. */
export const identityMisconfigured = (cause: unknown): Problem =>
  new Problem(exchangeProblems.identity_configuration, {
    detail: 'Tell the operator of this API; the reason is in its log.',
    cause,
  });

/** Creates the problem for a response without a token for this user, and without a known error. */
export const tokenExchangeFailed = (cause?: unknown): Problem =>
  new Problem(exchangeProblems.token_exchange_failed, {
    extensions: { dependency: 'identity_provider' },
    cause,
  });

/**
 * Creates the problem with the challenge that makes a client with the capability `cp1` step up.
 *
 * @param claims The claims request, base64.
 */
export function claimsChallenge(claims: string, authority: string, cause: unknown): Problem {
  return new Problem(exchangeProblems.insufficient_claims, {
    detail: 'Get a new access token with the claims of the challenge, and call again.',
    headers: {
      'WWW-Authenticate': bearerChallenge({
        authorization_uri: `${authority}/oauth2/v2.0/authorize`,
        error: 'insufficient_claims',
        claims,
      }),
    },
    extensions: { claims },
    cause,
  });
}

/** Reads a field as a string. MSAL declares `errorNo` as a string, but passes on the number that Entra sent. */
function stringField(error: AuthError, field: 'errorNo' | 'claims'): string {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
