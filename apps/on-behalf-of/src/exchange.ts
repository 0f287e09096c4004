import { randomUUID } from 'node:crypto';
import { type AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node';
import type { AccessToken, Authority } from '@obo/access-token';
import type { DependencyState } from '@obo/service-defaults/calls';
import { currentRequestContext, outsideRequest } from '@obo/service-defaults/observability';
import type { Problem } from '@obo/service-defaults/problems';
import type { Telemetry } from '@obo/service-defaults/server';
import type { ClientCredential } from './client-credential/client-credential.ts';
import {
  exchangeProblems,
  revokesTokens,
  toExchangeProblem,
  tokenExchangeFailed,
} from './exchange-problems.ts';
import { createNetworkClients } from './network-client.ts';
import type { DistributedCache } from './shared-cache/distributed-cache.ts';
import { tokenAuthority } from './token-authority.ts';

/** A token for one downstream resource, for one person. */
export interface DownstreamToken {
  accessToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Milliseconds since the epoch from which the issuer wants it renewed, if it says so (`refresh_in`). */
  refreshAt: number | undefined;
  /** Where it was: with another instance, or nowhere before. */
  source: 'shared_cache' | 'identity_provider';
  /** The person's era in which it was got, if instances share what they get. */
  era: string | undefined;
}

export interface ExchangeOptions {
  authority: Authority;
  /** The middle tier's own credentials. */
  clientId: string;
  clientCredential: ClientCredential;
  /** What a client must ask for when consent is missing. */
  consentScope: string;
  /** Where tokens are that other instances got, if there are others. */
  distributedCache?: DistributedCache | undefined;
  /** Told of a person of whom the identity provider says that what was got before may not be used any more. */
  onRevoked: (person: string) => void;
  /** Milliseconds for one request to the token endpoint. */
  deadline: number;
  /** Milliseconds for which it is not asked when requests keep failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  telemetry?: Telemetry;
}

/** Exchanges the caller's token for one of a downstream resource. */
export interface Exchange {
  /**
   * @param token The caller's validated access token: the assertion.
   * @param scopes Scopes of one resource, each with its resource.
   * @param except A token that is not wanted, if another instance got it.
   * @throws {Problem} see {@link exchangeProblems}.
   */
  exchange(token: AccessToken, scopes: readonly string[], except?: string): Promise<DownstreamToken>;
  /**
   * False for a minute after the identity provider refused the middle tier's own credential or registration; for the
   * readiness check.
   */
  ready(): Promise<boolean>;
  /** What is known of the token endpoint. */
  state(): DependencyState;
  close(): Promise<void>;
}

/** Milliseconds for which a refused credential makes the service not ready. */
const misconfiguredFor = 60_000;

/**
 * The On-Behalf-Of flow, spoken by MSAL. Each exchange has a client application of its own: making one costs
 * microseconds, whereas a shared one lets people disturb each other (its cache is scanned whole at every call, and one
 * person's 429 makes it refuse everybody's exchange).
 *
 * Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow"; RFC 7523, section 2.1.
 */
export function createExchange({
  authority,
  clientId,
  clientCredential,
  consentScope,
  distributedCache,
  onRevoked,
  deadline,
  circuitPause,
  telemetry,
}: ExchangeOptions): Exchange {
  const networkClients = createNetworkClients({ deadline, circuitPause, telemetry });
  let misconfiguredAt = Number.NEGATIVE_INFINITY;
  const auth = { clientId, clientCapabilities: ['CP1'] };

  return {
    async exchange(token, scopes, except) {
      const context = currentRequestContext();
      const { networkClient, outcome } = networkClients.forExchange(token.person, context);
      const entry = distributedCache?.entryOf(token, scopes);
      const authorityOfToken = tokenAuthority(authority, token.claims.tid);
      const toProblem = (error?: unknown): Problem =>
        toExchangeProblem(error, outcome, { authority: authorityOfToken.authority, consentScope });
      const request = {
        oboAssertion: token.assertion,
        scopes: [...scopes],
        correlationId: context?.correlationId ?? randomUUID(),
      };
      let result: AuthenticationResult | null;
      try {
        result = await outsideRequest(async () => {
          const client = new ConfidentialClientApplication({
            auth: { ...auth, ...authorityOfToken, ...(await clientCredential.forExchange()) },
            ...(entry && { cache: { cachePlugin: entry.plugin } }),
            system: { networkClient },
          });
          // MSAL asks its plugin here, and not before it looks for the token.
          if (entry) await client.getTokenCache().getAllAccounts();
          const found = await client.acquireTokenOnBehalfOf(request);
          return found?.fromCache && found.accessToken === except
            ? client.acquireTokenOnBehalfOf({ ...request, skipCache: true })
            : found;
        });
      } catch (error) {
        if (revokesTokens(error)) onRevoked(token.person);
        const problem = toProblem(error);
        if (problem.code === exchangeProblems.identity_configuration.code) misconfiguredAt = Date.now();
        throw problem;
      }
      if (!result?.accessToken || !result.expiresOn || (!result.fromCache && outcome.status !== 200)) {
        throw toProblem();
      }
      // A result from the cache has no account; whose token it is was checked when it was read.
      const { account, accessToken, expiresOn, refreshOn, fromCache } = result;
      if (account && (account.localAccountId !== token.claims.oid || account.tenantId !== token.claims.tid)) {
        throw tokenExchangeFailed(new Error('The identity provider answered with a token for somebody else'));
      }
      if (!fromCache) entry?.keep(accessToken);
      return {
        accessToken,
        expiresAt: expiresOn.getTime(),
        refreshAt: refreshOn?.getTime(),
        source: fromCache ? 'shared_cache' : 'identity_provider',
        era: entry?.era(),
      };
    },
    ready: async () => Date.now() - misconfiguredAt > misconfiguredFor,
    state: networkClients.state,
    close: networkClients.close,
  };
}
