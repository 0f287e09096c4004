import { randomUUID } from 'node:crypto';
import {
  type AuthenticationResult,
  ConfidentialClientApplication,
  InteractionRequiredAuthError,
} from '@azure/msal-node';
import { createClientCredential, createNetworkClients, toExchangeProblem } from '@obo/on-behalf-of';
import { currentRequest, type Telemetry } from '@obo/service-defaults/observability';
import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import type { Configuration } from '../configuration.ts';
import type { Tokens } from '../session/sessions.ts';

/** What is asked of the user beyond a sign-in. */
export interface SignInRequest {
  state: string;
  /** Of PKCE (RFC 7636). */
  codeChallenge: string;
  nonce: string;
  prompt?: 'consent' | 'login' | undefined;
  /** A claims request, as JSON. */
  claims?: string | undefined;
  loginHint?: string | undefined;
}

/** The confidential client: signs users in, and acquires tokens for the middle tier. */
export type WebClient = ReturnType<typeof createWebClient>;

/** Milliseconds for one request to the token endpoint. */
const deadline = 3_000;

/**
 * Creates the confidential client with MSAL. Each operation has a client application of its own, as in the middle tier
 * (ADR 004): it holds the tokens of one user.
 */
export function createWebClient(configuration: Configuration, telemetry: Telemetry = {}) {
  const { authority, authorityMetadata, clientId, publicUrl, scope, proxy } = configuration;
  const networkClients = createNetworkClients({ deadline, proxy, telemetry });
  const clientCredential = createClientCredential(configuration.clientCredential, { deadline });
  const redirectUri = `${publicUrl}/sign-in/callback`;
  const scopes = [scope];

  /**
   * Runs one operation of MSAL with a user's cache.
   *
   * @throws {Problem} with what the user or the operator can do, as for an exchange.
   */
  async function run<Result>(
    operation: (application: ConfidentialClientApplication) => Promise<Result>,
    { userKey, cache = '' }: { userKey: string; cache?: string },
  ): Promise<Result> {
    const context = currentRequest.getStore();
    const { networkClient, outcome } = networkClients.forExchange(userKey, context);
    try {
      // Several requests may wait for the same renewal, so the one that started it cannot cancel it.
      return await currentRequest.exit(async () => {
        const application = new ConfidentialClientApplication({
          auth: {
            clientId,
            authority,
            knownAuthorities: [new URL(authority).host],
            ...(authorityMetadata && { authorityMetadata: JSON.stringify(authorityMetadata) }),
            // Tells Entra ID that this client answers claims challenges (Continuous Access Evaluation).
            clientCapabilities: ['CP1'],
            ...(await clientCredential.forExchange()),
          },
          system: { networkClient },
        });
        if (cache !== '') application.getTokenCache().deserialize(cache);
        return operation(application);
      });
    } catch (error) {
      // MSAL has no refresh token, so the token endpoint was not asked.
      if (error instanceof InteractionRequiredAuthError && !outcome.rejection && !outcome.failure)
        throw signInRequired(error);
      throw toExchangeProblem(error, outcome, { authority, consentScope: scope });
    }
  }

  const tokensOf = (
    application: ConfidentialClientApplication,
    { account, accessToken, expiresOn }: AuthenticationResult,
  ): Tokens => {
    if (!account || !accessToken || !expiresOn) throw new Error('The identity provider returned no token');
    const cache = application.getTokenCache().serialize();
    return { account, accessToken, expiresAt: expiresOn.getTime(), cache };
  };

  return {
    /** Returns the address at which the user signs in (OpenID Connect Core 1.0, section 3.1.2.1). */
    signInUrl({ prompt, claims, loginHint, ...request }: SignInRequest): Promise<string> {
      return run(
        (application) =>
          application.getAuthCodeUrl({
            scopes,
            redirectUri,
            responseMode: 'query',
            codeChallengeMethod: 'S256',
            ...request,
            ...(prompt && { prompt }),
            ...(claims && { claims }),
            ...(loginHint && { loginHint }),
          }),
        { userKey: 'sign-in' },
      );
    },

    /**
     * Redeems an authorization code.
     *
     * @param codeVerifier Of PKCE.
     * @throws {Problem} see {@link run}.
     */
    redeem(code: string, codeVerifier: string, nonce: string): Promise<Tokens> {
      const correlationId = currentRequest.getStore()?.correlationId ?? randomUUID();
      return run(
        async (application) =>
          tokensOf(
            application,
            await application.acquireTokenByCode(
              { code, codeVerifier, redirectUri, scopes, nonce, correlationId },
              { code, nonce },
            ),
          ),
        { userKey: 'sign-in' },
      );
    },

    /**
     * Acquires a new access token with the refresh token.
     *
     * @throws {Problem} see {@link run}.
     */
    renew({ account, cache }: Tokens): Promise<Tokens> {
      return run(
        async (application) =>
          tokensOf(
            application,
            await application.acquireTokenSilent({ account, scopes, forceRefresh: true }),
          ),
        { userKey: account.homeAccountId, cache },
      );
    },

    /** Returns the address that ends the user's session at the identity provider (RP-Initiated Logout 1.0, section 2). */
    signOutUrl({ account }: Tokens): string {
      const url = new URL(authorityMetadata?.end_session_endpoint ?? `${authority}/oauth2/v2.0/logout`);
      url.searchParams.set('post_logout_redirect_uri', redirectUri);
      const hint = account.idTokenClaims?.login_hint;
      if (hint !== undefined) url.searchParams.set('logout_hint', hint);
      return url.href;
    },

    ready: clientCredential.ready,
    dependencies: { identity_provider: networkClients.state, ...clientCredential.dependencies },
    close: networkClients.close,
  };
}

/** Creates the problem for a browser without a session in which there is a token. */
export const signInRequired = (cause?: unknown): Problem =>
  new Problem(problems.missing_token, {
    detail: 'You are not signed in here, or another user is. Sign in again.',
    headers: { 'WWW-Authenticate': bearerChallenge() },
    cause,
  });
