import type { AccessToken } from '@obo/access-token';
import { CallFailed, type HttpClient, withDeadline } from '@obo/service-defaults/calls';
import { measureSpan, recordCacheHit, requestBudget } from '@obo/service-defaults/observability';
import type { Problem } from '@obo/service-defaults/problems';
import { createUserCache } from '@obo/service-defaults/user-cache';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { requiredClaims } from './challenges.ts';
import { claimsChallenge, identityProviderUnavailable } from './exchange-problems.ts';
import { answerInvalid, resourceRejected, toResourceProblem, UnexpectedStatus } from './resource-problems.ts';
import type { AcquiredToken, TokenCache } from './token-cache.ts';

/** A request to a resource, as axios takes it. */
export interface ResourceCall extends AxiosRequestConfig {
  /** The name of the call in `Server-Timing`, metrics and traces, such as `graph_me`. */
  span: string;
}

/** A protected API (RFC 6749, section 1.1), called on behalf of users. */
export interface Resource {
  /**
   * Calls the resource with a token for the user. A cached token that the resource rejects with 401 is replaced by a new
   * exchange, and the call is repeated once. If that is rejected too, the token stays and is not exchanged again.
   *
   * @param token The caller's validated access token.
   * @param scopes Scopes of this resource, each with the resource: `https://graph.microsoft.com/User.Read`.
   * @returns a response with status 2xx, or 4xx other than 401, 403 and 429.
   * @throws {Problem} `insufficient_claims` with the challenge if the resource requires claims; `dependency_refused` for
   *   any other 401 or 403; `dependency_unavailable` and `dependency_answer_invalid` if there is no usable response; see
   *   also `exchangeProblems`.
   */
  call(token: AccessToken, scopes: readonly string[], call: ResourceCall): Promise<AxiosResponse<unknown>>;
  /** Creates the problem for a response that does not match the resource's contract. */
  answerInvalid(status?: number): Problem;
  /** Creates the problem for a 4xx response that the user can do nothing about. */
  rejected(status: number): Problem;
}

export interface ResourceOptions {
  name: string;
  client: HttpClient;
  tokenCache: Pick<TokenCache, 'find' | 'exchange'>;
  /** Removes a user's tokens from all caches. */
  revoke: (userKey: string) => void;
  /** The authority that a claims challenge refers to. */
  authority: string;
}

/** Creates a resource: joins the two halves of a call, the token and the request. */
export function createResource({ name, client, tokenCache, revoke, authority }: ResourceOptions): Resource {
  /** Calls that the resource rejected with a new token too, by assertion and span. */
  const renewedInVain = createUserCache(1_000_000);
  async function acquireToken(
    token: AccessToken,
    scopes: readonly string[],
    rejected?: string,
  ): Promise<AcquiredToken> {
    const cached = tokenCache.find(token, scopes, rejected);
    if (cached) {
      recordCacheHit(`${name}_token`, cached.source);
      return cached;
    }
    try {
      // The request stops waiting at its deadline; the exchange continues for others who wait for it.
      return await measureSpan(
        `${name}_token`,
        () => withDeadline(requestBudget, () => tokenCache.exchange(token, scopes, rejected)),
        { describe: ({ source }) => ({ source }) },
      );
    } catch (error) {
      throw error instanceof CallFailed ? identityProviderUnavailable(error) : error;
    }
  }

  async function send(
    { userKey }: AccessToken,
    accessToken: string,
    { span, ...request }: ResourceCall,
  ): Promise<AxiosResponse<unknown>> {
    const headers = { ...request.headers, Authorization: `Bearer ${accessToken}` };
    try {
      return await measureSpan(span, () => client.call({ ...request, headers }, userKey), {
        kind: 'client',
        describe: ({ status }) => ({ status }),
      });
    } catch (error) {
      throw error instanceof CallFailed ? toResourceProblem(name, error) : error;
    }
  }

  return {
    async call(token, scopes, call) {
      const { accessToken, source } = await acquireToken(token, scopes);
      let response = await send(token, accessToken, call);
      const callKey = `${token.assertionKey} ${call.span}`;
      if (rejectsToken(response) && source !== 'identity_provider' && !renewedInVain.get(callKey)) {
        const renewed = await acquireToken(token, scopes, accessToken);
        response = await send(token, renewed.accessToken, call);
      }
      if (rejectsToken(response))
        renewedInVain.set(callKey, { userKey: token.userKey }, 200, token.claims.exp * 1_000 - Date.now());
      if (response.status !== 401 && response.status !== 403) return response;
      const claims = claimsOf(response);
      if (claims === undefined) throw resourceRejected(name, response.status);
      revoke(token.userKey);
      throw claimsChallenge(claims, authority, undefined);
    },
    answerInvalid: (status) =>
      answerInvalid(name, status === undefined ? undefined : new UnexpectedStatus(status)),
    rejected: (status) => resourceRejected(name, status),
  };
}

/** Reads the claims challenge in a 401 response. */
const claimsOf = ({ status, headers }: AxiosResponse<unknown>): string | undefined =>
  status === 401 ? requiredClaims(String(headers['www-authenticate'] ?? '')) : undefined;

/** Tells whether the resource rejects the token without saying what it requires instead. */
const rejectsToken = (response: AxiosResponse<unknown>): boolean =>
  response.status === 401 && claimsOf(response) === undefined;
