import { claimsChallenge } from '@obo/access-token';
import { CallFailed } from '@obo/service-defaults/calls';
import { bearerChallenge, defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import type { TokenEndpointOutcome } from './network-client.ts';
import { explainUnavailable } from './resource-problems.ts';

/** How an exchange can end, other than with a token. */
export const exchangeProblems = defineProblems({
  consent_required: [403, 'Consent is missing'],
  insufficient_claims: [401, 'The identity provider requires more'],
  identity_configuration: [500, 'This API is not registered correctly'],
  access_blocked: [403, 'A policy of the organization blocks access'],
  not_assigned: [403, 'Your organization has not assigned you to a service behind this API'],
  token_exchange_failed: [502, 'The identity provider returned an unexpected response'],
});

/**
 * Translates a failed exchange into a problem for the caller, by the reason of the rejection.
 *
 * Source: "On-Behalf-Of flow", error response example; "Claims challenges, claims requests, and client capabilities".
 *
 * @param authority Where the user can satisfy a claims challenge.
 * @param consentScope The scope that a client must request when consent is missing.
 */
export function toExchangeProblem(
  error: unknown,
  { failure, rejection }: TokenEndpointOutcome,
  { authority, consentScope }: { authority: string; consentScope: string },
): Problem {
  if (error instanceof Problem) return error;
  if (failure && failure.reason !== 'answer_invalid') return identityProviderUnavailable(failure);
  switch (rejection?.reason) {
    case 'client_credential':
    case 'registration':
    case 'resource':
    case 'tenant':
      return identityMisconfigured(rejection);
    case 'not_assigned':
      return new Problem(exchangeProblems.not_assigned, {
        detail:
          'Signing in again does not help. An administrator can assign you, or a group that you belong to.',
        cause: rejection,
      });
    case 'blocked':
      return new Problem(exchangeProblems.access_blocked, {
        detail: 'Signing in again does not help. An administrator can find the policy in the sign-in logs.',
        cause: rejection,
      });
    case 'consent':
      return new Problem(exchangeProblems.consent_required, {
        detail: 'Ask the user for consent, by requesting the listed scopes with prompt=consent.',
        extensions: { scopes: [consentScope] },
        cause: rejection,
      });
    case 'step_up':
      return rejection.claims === ''
        ? signInAgain(rejection)
        : claimsChallenge(Buffer.from(rejection.claims).toString('base64'), authority, rejection);
    case 'revoked':
    case 'sign_in':
      return signInAgain(rejection);
    case 'unavailable':
      return identityProviderUnavailable(new CallFailed('failing'));
    case undefined:
      return tokenExchangeFailed(rejection ?? error);
  }
}

const signInAgain = (cause: unknown): Problem =>
  new Problem(problems.invalid_token, {
    detail: 'Sign in again and call with a new access token.',
    headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_token' }) },
    cause,
  });

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
