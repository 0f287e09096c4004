import { measureHop, noteHop, reportCache, requestContext } from '@obo/service-defaults/observability';
import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import { createRateLimit } from '@obo/service-defaults/server';
import type { Meter } from '@opentelemetry/api';
import type { RequestHandler, Response } from 'express';
import { type Authority, issuersOf } from './authority.ts';
import { readBearerToken, requireTokenSyntax } from './bearer-token.ts';
import { AccessToken } from './claims.ts';
import { authorize, clockTolerance, type Permission, readClaims } from './claims-policy.ts';
import { explainRefusal } from './explain-refusal.ts';
import { createSigningKeys, IssuerUnavailable } from './signing-keys.ts';
import { contentOf, createValidatedTokens, digestOf, type ValidatedToken } from './validated-tokens.ts';
import { createTokenValidator, TokenRejected } from './validator.ts';
import { verifyWithJose } from './verify-with-jose.ts';
import { verifyWithPassport } from './verify-with-passport.ts';

export interface AccessTokenGuardOptions {
  authority: Authority;
  /** The API's own application (client) ID. */
  clientId: string;
  /** The API's Application ID URI; `api://<client ID>` if omitted. */
  appIdUri?: string | undefined;
  /** Applications that may call. */
  allowedClientIds: readonly string[];
  validator: 'passport-azure-ad' | 'jose';
  /** In development only. */
  explainRefusals?: boolean | undefined;
  /** Requests a minute of one person, over all protected routes; 0 or omitted for no limit. */
  rateLimitPerUser?: number | undefined;
  /** Told how often a token was verified already. */
  meter?: Meter | undefined;
}

export interface AccessTokenGuard {
  /**
   * Protects a route: lets in delegated tokens of allowed applications for this API that hold the scope. Goes before
   * any body parser, so that nothing of an unauthenticated body is read. Counts the request for the person's limit.
   *
   * @param scope The least that suffices; refused callers are told to ask for it.
   * @param wider Scopes that include it, such as `Leave.ReadWrite` where `Leave.Read` suffices.
   */
  requireScope(scope: string, ...wider: string[]): RequestHandler;
  /** As {@link requireScope}, for applications that act for themselves (client credentials) and hold the app role. */
  requireAppRole(appRole: string): RequestHandler;
  /** Verifies all tokens of a person anew, when they come again. */
  forget(person: string): void;
  /** Whether tokens can be validated now; for the readiness check. */
  ready(): Promise<boolean>;
}

/**
 * The one way to protect a route: deny by default, with the answers of RFC 6750, section 3. A token that was let in is
 * not verified again for five minutes at most; its times and what it permits are decided at every request.
 *
 * 401 `missing_token` and `invalid_token`, 400 `invalid_request`, 403 `insufficient_scope`, `client_not_allowed` and
 * `tenant_not_allowed`, 429 `too_many_requests`, 503 `identity_provider_unavailable` when the issuer's keys cannot be had.
 */
export function createAccessTokenGuard(options: AccessTokenGuardOptions): AccessTokenGuard {
  const { authority, clientId, appIdUri = `api://${clientId}`, allowedClientIds } = options;
  const keys = createSigningKeys(authority.jwksUri);
  const verifiers = new Map(
    (authority.allowedTenantIds ?? [authority.tenantId]).map((tenantId) => {
      const verifyOptions = {
        issuers: issuersOf(authority, tenantId),
        audiences: [clientId, appIdUri],
        clockTolerance,
      };
      const verify =
        options.validator === 'jose'
          ? verifyWithJose(verifyOptions)
          : verifyWithPassport(clientId, verifyOptions);
      return [tenantId, verify];
    }),
  );
  const verify = createTokenValidator(keys, (tenantId) => {
    const verifier = verifiers.get(tenantId);
    if (!verifier && authority.allowedTenantIds) throw new Problem(problems.tenant_not_allowed);
    return verifier;
  });
  const policy = { authority, clientId, appIdUri, allowedClientIds };
  const validatedTokens = createValidatedTokens(keys, reportCache(options.meter, 'validated_tokens'));
  const limitPerUser = createRateLimit({
    name: 'user',
    requestsAMinute: options.rateLimitPerUser ?? 0,
    keyOf: (_request, response) => accessTokenOf(response).person,
  });

  async function validate(encoded: string, digest: string): Promise<ValidatedToken> {
    requireTokenSyntax(encoded);
    const { payload, key } = await verify(encoded);
    return { ...contentOf(readClaims(payload, policy), digest), key };
  }

  function protect(permission: Permission): RequestHandler {
    return async (request, response, next) => {
      const encoded = readBearerToken(request);
      try {
        const digest = digestOf(encoded);
        const known = validatedTokens.find(digest);
        const token = known ?? (await measureHop('validate_token', () => validate(encoded, digest)));
        authorize(token, policy, permission, Date.now() / 1000);
        if (known) noteHop('validate_token', 'cache');
        else validatedTokens.keep(token);
        response.locals.accessToken = new AccessToken(encoded, token);
      } catch (error) {
        throw toProblem(error, options.explainRefusals ? () => explain(encoded, options) : undefined);
      }
      await limitPerUser(request, response, next);
    };
  }

  return {
    requireScope: (...scopes) => protect({ scopes }),
    requireAppRole: (appRole) => protect({ appRole }),
    forget: validatedTokens.forget,
    ready: () => keys.ready(),
  };
}

/**
 * The validated token of the request being answered.
 *
 * @throws {Error} behind a route that is not protected, which is a programming error.
 */
export function accessTokenOf(response: Response): AccessToken {
  const token: unknown = response.locals.accessToken;
  if (token instanceof AccessToken) return token;
  throw new Error('This route is not protected by requireScope');
}

function explain(encoded: string, options: AccessTokenGuardOptions) {
  const { reason, remedy } = explainRefusal(encoded, options);
  return { reason, remedy };
}

function toProblem(error: unknown, explanation?: () => { reason: string; remedy: string }): unknown {
  if (error instanceof TokenRejected) {
    requestContext().logger.info({ reason: error.reason }, 'access token refused');
    return new Problem(problems.invalid_token, {
      detail: 'Get a new access token for this API and try again.',
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_token' }) },
      extensions: explanation ? { explanation: explanation() } : {},
    });
  }
  if (error instanceof IssuerUnavailable) {
    return new Problem(problems.identity_provider_unavailable, {
      headers: { 'Retry-After': '5' },
      cause: error,
    });
  }
  return error;
}
