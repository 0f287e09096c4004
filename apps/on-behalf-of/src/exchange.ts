import { randomUUID } from 'node:crypto';
import { type AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node';
import type { AccessToken, Authority } from '@obo/access-token';
import type { DependencyState, OutgoingProxy } from '@obo/service-defaults/calls';
import type { Telemetry } from '@obo/service-defaults/observability';
import { currentRequestContext, outsideRequest } from '@obo/service-defaults/observability';
import { createClientCredential } from './client-credential/client-credential.ts';
import type { ClientCredentialOptions } from './client-credential/client-credential-variables.ts';
import { exchangeProblems, toExchangeProblem, tokenExchangeFailed } from './exchange-problems.ts';
import { createNetworkClients } from './network-client.ts';

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
  /** Revokes what other instances have cached for a user. */
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

  /** Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow"; RFC 7523, section 2.1. */
  async function exchange(token: AccessToken, scopes: readonly string[]): Promise<ExchangedToken> {
    const context = currentRequestContext();
    const { networkClient, outcome } = networkClients.forExchange(token.userKey, context);
    const tenant = tokenAuthority(authority, token.claims.tid);
    const request = {
      oboAssertion: token.assertion,
      scopes: [...scopes],
      correlationId: context?.correlationId ?? randomUUID(),
    };
    try {
      // Other callers may wait for the same token, so the request that started the exchange cannot cancel it.
      const result = await outsideRequest(async () => {
        const credential = await clientCredential.forExchange();
        const application = new ConfidentialClientApplication({
          auth: { clientId, clientCapabilities: ['CP1'], ...tenant, ...credential },
          system: { networkClient },
        });
        return application.acquireTokenOnBehalfOf(request);
      });
      return exchangedToken(outcome.status === 200 ? result : null, token);
    } catch (error) {
      const reason = outcome.rejection?.reason;
      if (reason === 'revoked') onRevoked(token.userKey);
      if (reason === 'client_credential') credentialRejectedAt = Date.now();
      throw toExchangeProblem(error, outcome, { authority: tenant.authority, consentScope });
    }
  }

  return {
    exchange,
    ready: async () => Date.now() - credentialRejectedAt > credentialRejectedFor && clientCredential.ready(),
    dependencies: { identity_provider: networkClients.state, ...clientCredential.dependencies },
    close: networkClients.close,
  };
}

/**
 * Checks that MSAL's result is a token for the user whose assertion was exchanged: MSAL itself accepts any account.
 *
 * @throws {Problem} `token_exchange_failed` if it is for another user.
 * @throws {Error} if there is no token.
 */
function exchangedToken(result: AuthenticationResult | null, { claims }: AccessToken): ExchangedToken {
  if (!result?.accessToken || !result.expiresOn) throw new Error('The identity provider returned no token');
  const { account, accessToken, expiresOn, refreshOn } = result;
  if (account && (account.localAccountId !== claims.oid || account.tenantId !== claims.tid))
    throw tokenExchangeFailed(new Error('The identity provider returned a token for another user'));
  return {
    accessToken,
    expiresAt: expiresOn.getTime(),
    refreshAt: refreshOn?.getTime(),
    source: 'identity_provider',
  };
}

/** MSAL's `auth` options that describe the identity provider. */
interface TokenAuthority {
  authority: string;
  knownAuthorities: string[];
  authorityMetadata?: string;
}

/**
 * Returns the authority that exchanges a user's token: that of the tenant the user signed in to, which has the user's
 * consent. It is the configured authority with the tenant replaced.
 *
 * MSAL treats the host as known, because it was configured: MSAL does not ask Microsoft whether the host is genuine.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow", middle-tier access token request.
 *
 * @param tenant The `tid` of a validated token.
 */
export function tokenAuthority({ url, tenantId, metadata }: Authority, tenant: string): TokenAuthority {
  const { host, origin } = new URL(url);
  return {
    authority: tenant === tenantId ? url : `${origin}/${tenant}`,
    knownAuthorities: [host],
    ...(metadata && { authorityMetadata: JSON.stringify(metadata).replaceAll(tenantId, tenant) }),
  };
}
