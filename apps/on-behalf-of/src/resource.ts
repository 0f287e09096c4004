import { type AccessToken, claimsChallenge } from '@obo/access-token';
import { CallFailed, type HttpClient, withDeadline } from '@obo/service-defaults/calls';
import {
  measureSpan,
  recordCacheHit,
  requestBudget,
  type SpanFacts,
  type SpanResult,
} from '@obo/service-defaults/observability';
import type { Problem } from '@obo/service-defaults/problems';
import { createUserCache } from '@obo/service-defaults/user-cache';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { requiredClaims } from './challenges.ts';
import { identityProviderUnavailable } from './exchange-problems.ts';
import { type User, userKeyOf } from './long-running.ts';
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
  /**
   * Calls the resource with an access token that was acquired already: nothing is renewed.
   *
   * @param user Whose token it is.
   * @throws {Problem} as {@link call}, without `exchangeProblems`.
   */
  callWith(accessToken: string, user: User, call: ResourceCall): Promise<AxiosResponse<unknown>>;
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
    const span = `${name}_token`;
    const requested = { ...requestedToken(scopes), ...(rejected && { renewal: 'rejected' }) };
    const cached = tokenCache.find(token, scopes, rejected);
    if (cached) {
      recordCacheHit(span, cached.source, { ...requested, ...cached.facts });
      return cached;
    }
    try {
      return await measureSpan(span, async (noted) => {
        noted.facts = requested;
        // The request stops waiting at its deadline; the exchange continues for others who wait for it.
        const acquired = await withDeadline(requestBudget, () =>
          tokenCache.exchange(token, scopes, rejected),
        );
        noted.source = acquired.source;
        noted.facts = { ...requested, ...acquired.facts };
        return acquired;
      });
    } catch (error) {
      throw error instanceof CallFailed ? identityProviderUnavailable(error) : error;
    }
  }

  /** Makes the call once. A claims challenge ends it: the caller has to get a new token first. */
  async function send(
    userKey: string,
    accessToken: string,
    { span, ...request }: ResourceCall,
  ): Promise<AxiosResponse<unknown>> {
    const headers = { ...request.headers, Authorization: `Bearer ${accessToken}` };
    let response: AxiosResponse<unknown>;
    try {
      const work = async (noted: SpanResult) => {
        const answer = await client.call({ ...request, headers }, userKey);
        noted.status = answer.status;
        return answer;
      };
      response = await measureSpan(span, work, 'client');
    } catch (error) {
      throw error instanceof CallFailed ? toResourceProblem(name, error) : error;
    }
    const claims =
      response.status === 401
        ? requiredClaims(String(response.headers['www-authenticate'] ?? ''))
        : undefined;
    if (claims === undefined) return response;
    revoke(userKey);
    throw claimsChallenge(claims, authority, undefined);
  }

  return {
    async call(token, scopes, call) {
      const { accessToken, source } = await acquireToken(token, scopes);
      let response = await send(token.userKey, accessToken, call);
      if (response.status === 401) {
        const callKey = `${token.assertionKey} ${call.span}`;
        if (source !== 'identity_provider' && !renewedInVain.get(callKey)) {
          const renewed = await acquireToken(token, scopes, accessToken);
          response = await send(token.userKey, renewed.accessToken, call);
        }
        if (response.status === 401)
          renewedInVain.set(callKey, { userKey: token.userKey }, 200, token.claims.exp * 1_000 - Date.now());
      }
      if (response.status === 401 || response.status === 403) throw resourceRejected(name, response.status);
      return response;
    },
    async callWith(accessToken, user, call) {
      const response = await send(userKeyOf(user), accessToken, call);
      if (response.status === 401 || response.status === 403) throw resourceRejected(name, response.status);
      return response;
    },
    answerInvalid: (status) =>
      answerInvalid(name, status === undefined ? undefined : new UnexpectedStatus(status)),
    rejected: (status) => resourceRejected(name, status),
  };
}

/** Splits scopes into the audience and what is requested of it: `https://graph.microsoft.com/User.Read` is both. */
function requestedToken(scopes: readonly string[]): SpanFacts {
  const [first = ''] = scopes;
  const audience = first.slice(0, Math.max(0, first.lastIndexOf('/')));
  return { audience, scope: scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)).join(' ') };
}
