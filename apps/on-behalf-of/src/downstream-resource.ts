import type { AccessToken } from '@obo/access-token';
import { CallFailed, type HttpClient, withDeadline } from '@obo/service-defaults/calls';
import { measureHop, noteHop, requestBudget } from '@obo/service-defaults/observability';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { type DependencyName, dependencyRefused, toDependencyProblem } from './dependency-problems.ts';
import { claimsChallenge, identityProviderUnavailable } from './exchange-problems.ts';
import type { AcquiredToken, OnBehalfOf } from './token-cache.ts';

/** One call to a service behind this API. */
export interface DownstreamCall extends AxiosRequestConfig {
  /** What `Server-Timing` calls it, such as `graph_me`. */
  hop: string;
}

/** A service that is called on behalf of a person. */
export interface DownstreamResource {
  /**
   * Calls it with a token of the person's for these scopes.
   *
   * @returns an answer with status 2xx, or 4xx other than 401, 403 and 429.
   * @throws {Problem}
   */
  call(token: AccessToken, scopes: readonly string[], call: DownstreamCall): Promise<AxiosResponse<unknown>>;
}

export interface DownstreamResourceOptions {
  name: DependencyName;
  client: HttpClient;
  onBehalfOf: OnBehalfOf;
  /** Forgets a person's tokens wherever they are kept. */
  forget: (person: string) => void;
  /** The authority that a claims challenge sends people to. */
  authority: string;
}

/**
 * Joins the two halves of a hop: acquire the token, call with it. A 401 for a token from the cache is answered by one
 * new exchange and one more call; a claims challenge (continuous access evaluation) is passed on to the caller.
 */
export function createDownstreamResource({
  name,
  client,
  onBehalfOf,
  forget,
  authority,
}: DownstreamResourceOptions): DownstreamResource {
  const tokenHop = `${name}_token`;

  /** Waits as long as the request may take; the exchange goes on for others who wait for it. */
  async function acquire(
    token: AccessToken,
    scopes: readonly string[],
    refused?: string,
  ): Promise<AcquiredToken> {
    const known = refused === undefined ? onBehalfOf.find(token, scopes) : undefined;
    if (known) {
      noteHop(tokenHop, known.source);
      return known;
    }
    try {
      return await measureHop(
        tokenHop,
        () => withDeadline(requestBudget, () => onBehalfOf.acquire(token, scopes, refused)),
        { describe: ({ source }) => ({ source }) },
      );
    } catch (error) {
      throw error instanceof CallFailed ? identityProviderUnavailable(error) : error;
    }
  }

  async function attempt(
    token: AccessToken,
    { accessToken }: AcquiredToken,
    { hop, ...request }: DownstreamCall,
  ): Promise<AxiosResponse<unknown>> {
    try {
      const response = await measureHop(
        hop,
        () =>
          client.call(
            { ...request, headers: { ...request.headers, Authorization: `Bearer ${accessToken}` } },
            token.person,
          ),
        { kind: 'client', describe: ({ status }) => ({ status }) },
      );
      const claims = response.status === 401 ? claimsOf(response) : undefined;
      if (claims === undefined) return response;
      forget(token.person);
      throw claimsChallenge(claims, authority, undefined);
    } catch (error) {
      throw error instanceof CallFailed ? toDependencyProblem(name, error) : error;
    }
  }

  return {
    async call(token, scopes, call) {
      const acquired = await acquire(token, scopes);
      let response = await attempt(token, acquired, call);
      if (response.status === 401 && acquired.source !== 'identity_provider')
        response = await attempt(token, await acquire(token, scopes, acquired.accessToken), call);
      if (response.status === 401 || response.status === 403) throw dependencyRefused(name, response.status);
      return response;
    },
  };
}

/**
 * The claims request of a `WWW-Authenticate` header, if it is a well-formed claims challenge.
 * Source: "Claims challenges, claims requests, and client capabilities".
 */
function claimsOf({ headers }: AxiosResponse<unknown>): string | undefined {
  const challenge: unknown = headers['www-authenticate'];
  if (typeof challenge !== 'string' || !/\berror="insufficient_claims"/.test(challenge)) return undefined;
  return /\bclaims="([A-Za-z0-9+/_-]+=*)"/.exec(challenge)?.[1];
}
