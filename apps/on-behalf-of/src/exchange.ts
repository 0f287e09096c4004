import { randomUUID } from 'node:crypto';
import { type AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node';
import type { AccessToken, Authority } from '@obo/access-token';
import type { DependencyState, OutgoingProxy } from '@obo/service-defaults/calls';
import { currentRequest, type Telemetry } from '@obo/service-defaults/observability';
import type { Caller, Redirect } from './authorization-code.ts';
import { createClientCredential } from './client-credential/client-credential.ts';
import type { ClientCredentialOptions } from './client-credential/client-credential-variables.ts';
import { exchangeProblems, toExchangeProblem, tokenExchangeFailed } from './exchange-problems.ts';
import { createNetworkClients, type TokenEndpointOutcome } from './network-client.ts';
import { tokenAuthority } from './token-authority.ts';

/** An access token for one resource, for one user. */
export interface ExchangedToken {
  accessToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** Milliseconds since the epoch from which the issuer recommends to renew the token (`refresh_in`), if it says so. */
  refreshAt: number | undefined;
  source: 'identity_provider' | 'shared_cache';
  /** The user's generation when the exchange began, if instances share their tokens. */
  generation?: string | undefined;
}

/** The response to an assertion or a refresh token. */
export interface RedeemedToken extends ExchangedToken {
  /** Only for long-running sessions: no cache keeps it. */
  refreshToken: string | undefined;
}

/** What is redeemed, such as the caller's access token, and the user whose it is. */
type Redeemable = { userKey: string; claims: { tid: string; oid: string } } & Held;
type Held = { assertion: string } | { refreshToken: string } | { redirect: Redirect };

/**
 * Redeems an assertion, a refresh token or an authorization code for an access token for a resource.
 *
 * @param scopes Scopes of one resource, each with its resource.
 * @throws {Problem} see {@link exchangeProblems}.
 */
export type Redeem = (held: Redeemable, scopes: readonly string[]) => Promise<RedeemedToken>;

/** Gets tokens for the token cache: from the identity provider, or from the shared cache in front of it. */
export interface Exchange {
  /**
   * Exchanges the caller's access token for one that a resource accepts.
   *
   * @param token The caller's validated access token: the assertion.
   * @param scopes Scopes of one resource, each with its resource.
   * @param rejected A token that must not be returned, such as one that the resource has rejected.
   * @throws {Problem} see {@link exchangeProblems}.
   */
  exchange(token: AccessToken, scopes: readonly string[], rejected?: string): Promise<ExchangedToken>;
  /** Redeems a token for a session. No cache is asked. */
  redeem: Redeem;
  /** Where instances share tokens: gives them one that did not come from here, and revokes what they have for a user. */
  share?(caller: Caller, scopes: readonly string[], fresh: ExchangedToken): Promise<ExchangedToken>;
  revoke?(userKey: string): void;
  /**
   * Readiness check. False while the client credential cannot be loaded, and for a minute after the identity provider
   * rejected it. Nothing else counts, because it would be the same for all instances.
   */
  ready(): Promise<boolean>;
  /** The states of the services that tokens come from. */
  dependencies: Readonly<Record<string, () => DependencyState>>;
  close(): Promise<void>;
}

export interface ExchangeOptions {
  authority: Authority;
  /** The middle tier's own client ID and credential. */
  clientId: string;
  clientCredential: ClientCredentialOptions;
  /** The scope that a client must request when consent is missing. */
  consentScope: string;
  /** Called with a user's key when the identity provider reports that the user's access was revoked. */
  onRevoked: (userKey: string) => void;
  /** Milliseconds for one request to the token endpoint. */
  deadline: number;
  /** Milliseconds without requests after requests kept failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  /** The proxy that calls over https go through; none if omitted. */
  proxy?: OutgoingProxy | undefined;
  telemetry?: Telemetry;
}

/** Milliseconds for which a rejected credential makes the service not ready. */
const credentialRejectedFor = 60_000;

/**
 * Creates the exchange with MSAL. Each exchange has a client application of its own: creating one costs microseconds,
 * whereas users of a shared one affect each other. It scans its whole cache for each call, and after one user's 429 it
 * rejects the exchanges of all users.
 */
export function createExchange(options: ExchangeOptions): Exchange {
  const { authority, clientId, consentScope, onRevoked } = options;
  const networkClients = createNetworkClients(options);
  const clientCredential = createClientCredential(options.clientCredential, options);
  let credentialRejectedAt = Number.NEGATIVE_INFINITY;

  /** Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow"; RFC 7523, section 2.1; RFC 6749, section 6. */
  const redeem: Redeem = async (held, scopes) => {
    const context = currentRequest.getStore();
    const { networkClient, outcome } = networkClients.forExchange(held.userKey, context);
    const tenant = tokenAuthority(authority, held.claims.tid);
    try {
      // Other callers may wait for the same token, so the request that started the exchange cannot cancel it.
      const result = await currentRequest.exit(async () => {
        const credential = await clientCredential.forExchange();
        const application = new ConfidentialClientApplication({
          auth: { clientId, clientCapabilities: ['CP1'], ...tenant, ...credential },
          system: { networkClient },
        });
        const request = { scopes: [...scopes], correlationId: context?.correlationId ?? randomUUID() };
        if ('assertion' in held)
          return application.acquireTokenOnBehalfOf({ ...request, oboAssertion: held.assertion });
        if ('redirect' in held) return application.acquireTokenByCode({ ...request, ...held.redirect });
        return application.acquireTokenByRefreshToken({ ...request, refreshToken: held.refreshToken });
      });
      return redeemedToken(result, outcome, held);
    } catch (error) {
      const reason = outcome.rejection?.reason;
      if (reason === 'revoked') onRevoked(held.userKey);
      if (reason === 'client_credential') credentialRejectedAt = Date.now();
      throw toExchangeProblem(error, outcome, { authority: tenant.authority, consentScope });
    }
  };

  return {
    exchange: redeem,
    redeem,
    ready: async () => Date.now() - credentialRejectedAt > credentialRejectedFor && clientCredential.ready(),
    dependencies: { identity_provider: networkClients.state, ...clientCredential.dependencies },
    close: networkClients.close,
  };
}

/**
 * Checks that MSAL's result is a token for the user whose token was redeemed: MSAL itself accepts any account.
 *
 * @throws {Problem} `token_exchange_failed` if it is for another user.
 * @throws {Error} if there is no token.
 */
function redeemedToken(
  result: AuthenticationResult | null,
  { status, refreshToken }: TokenEndpointOutcome,
  { claims }: Redeemable,
): RedeemedToken {
  if (status !== 200 || !result?.accessToken || !result.expiresOn)
    throw new Error('The identity provider returned no token');
  const { account, accessToken, expiresOn, refreshOn } = result;
  if (account && (account.localAccountId !== claims.oid || account.tenantId !== claims.tid))
    throw tokenExchangeFailed(new Error('The identity provider returned a token for another user'));
  return {
    accessToken,
    refreshToken,
    expiresAt: expiresOn.getTime(),
    refreshAt: refreshOn?.getTime(),
    source: 'identity_provider',
  };
}
