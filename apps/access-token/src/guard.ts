import type { OutgoingProxy } from '@obo/service-defaults/calls';
import {
  currentRequest,
  measureSpan,
  recordCacheHit,
  reportCache,
  requestContext,
} from '@obo/service-defaults/observability';
import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import { createRateLimit } from '@obo/service-defaults/server';
import type { Meter } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { AccessToken, digestOf, TokenRejected } from './access-token.ts';
import type { Authority } from './authority.ts';
import { authorize } from './claims-policy.ts';
import { explainRejection } from './explain-rejection.ts';
import { createSigningKeys, IssuerUnavailable } from './signing-keys.ts';
import { createTokenValidator, createValidatedTokens } from './validate-token.ts';
import type { Validator } from './verify-token.ts';

export interface AccessTokenGuardOptions {
  authority: Authority;
  /** The API's own application (client) ID. */
  clientId: string;
  /** The API's Application ID URI; `api://<client ID>` if omitted. */
  appIdUri?: string | undefined;
  /** Applications that may call. */
  allowedClientIds: readonly string[];
  /** The library that verifies tokens. */
  validator: Validator;
  /** Whether a 401 explains why the token was rejected; in development only. */
  explainRejections?: boolean | undefined;
  /** Requests a minute for one user, over all protected routes; 0 or omitted for no limit. */
  rateLimitPerUser?: number | undefined;
  /** Milliseconds for fetching the issuer's keys; 2 s if omitted. */
  keysDeadline?: number | undefined;
  /** The proxy that the keys are fetched through if their URL is https; none if omitted. */
  proxy?: OutgoingProxy | undefined;
  /** Counts cache hits. */
  meter?: Meter | undefined;
}

export interface AccessTokenGuard {
  /**
   * Protects a route: accepts delegated tokens for this API, from allowed applications, with the scope. Goes before any
   * body parser, so that the body of an unauthenticated request is not read. Counts the request for the user's limit.
   *
   * @param scope The least that suffices; an error names it.
   * @param wider Scopes that include it, such as `Leave.ReadWrite` where `Leave.Read` suffices.
   */
  requireScope(scope: string, ...wider: string[]): RequestHandler;
  /** Removes all cached tokens of a user, so that they are verified again. */
  forget(userKey: string): void;
  /** Checks whether tokens can be validated now; for readiness. */
  ready(): Promise<boolean>;
}

/**
 * Creates the guard of an API. It denies by default, with the responses of RFC 6750, section 3. A token that was accepted
 * is verified again after five minutes at the latest; its lifetime and permissions are checked at every request.
 *
 * A rejected request gets 401 `missing_token` or `invalid_token`, 400 `invalid_request`, 403 `insufficient_scope`,
 * `client_not_allowed` or `tenant_not_allowed`, 429 `too_many_requests`, or 503 `identity_provider_unavailable` if the
 * issuer's keys cannot be fetched.
 */
export function createAccessTokenGuard(options: AccessTokenGuardOptions): AccessTokenGuard {
  const { appIdUri = `api://${options.clientId}`, rateLimitPerUser = 0, meter } = options;
  const policy = { ...options, appIdUri };
  const keys = createSigningKeys(options.authority, { deadline: options.keysDeadline, proxy: options.proxy });
  const validate = createTokenValidator(policy, options.validator, keys);
  const validatedTokens = createValidatedTokens(keys, reportCache(meter, 'validated_tokens'));
  const limitPerUser = createRateLimit({
    name: 'user',
    requestsAMinute: rateLimitPerUser,
    keyOf: (_request, response) => accessTokenOf(response).userKey,
  });

  return {
    requireScope:
      (scope, ...wider) =>
      async (request, response, next) => {
        const encoded = readBearerToken(request);
        try {
          const digest = digestOf(encoded);
          const cached = validatedTokens.find(digest);
          const token = cached ?? (await measureSpan('validate_token', () => validate(encoded, digest)));
          const now = Date.now() / 1000;
          authorize(token, policy, [scope, ...wider], now);
          if (cached) recordCacheHit('validate_token', 'cache');
          else validatedTokens.keep(token);
          const { aud, scp, iat } = token.claims;
          // Not earlier, because a response to a rejected caller quotes nothing of the token.
          currentRequest.getStore()?.serverTiming.describe('validate_token', {
            audience: aud,
            scope: scp,
            age: Math.max(0, now - iat).toFixed(),
          });
          response.locals.accessToken = new AccessToken(encoded, token);
        } catch (error) {
          throw toProblem(error, encoded, options);
        }
        await limitPerUser(request, response, next);
      },
    forget: validatedTokens.forget,
    ready: keys.ready,
  };
}

/**
 * Returns the validated token of the request being answered.
 *
 * @throws {Error} behind a route that is not protected, which is a programming error.
 */
export function accessTokenOf(response: Response): AccessToken {
  const token: unknown = response.locals.accessToken;
  if (token instanceof AccessToken) return token;
  throw new Error('This route is not protected by requireScope');
}

/**
 * Reads the bearer token from the Authorization header, and from nowhere else (RFC 6750, sections 2 and 3.1).
 *
 * @returns a token with the syntax `b64token`.
 * @throws {Problem} `missing_token` (401, bare challenge) if there is no header or another scheme; `invalid_request` (400)
 *   if the header is repeated or malformed, or the token is in the URL as well.
 */
function readBearerToken(request: Request): string {
  const [header, ...others] = request.headersDistinct.authorization ?? [];
  if (header === undefined || !/^bearer(?![^\s])/i.test(header)) {
    throw new Problem(problems.missing_token, {
      detail: 'Send the access token in the Authorization header, with the Bearer scheme.',
      headers: { 'WWW-Authenticate': bearerChallenge() },
    });
  }
  const [, token] = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header) ?? [];
  if (token === undefined || others.length > 0 || request.query.access_token !== undefined) {
    throw new Problem(problems.invalid_request, {
      detail: 'Send one Authorization header that contains the word Bearer, a space, and one token.',
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_request' }) },
    });
  }
  return token;
}

function toProblem(error: unknown, encoded: string, options: AccessTokenGuardOptions): unknown {
  if (error instanceof TokenRejected) {
    requestContext().logger.info({ reason: error.reason }, 'access token rejected');
    return new Problem(problems.invalid_token, {
      detail: 'Get a new access token for this API and try again.',
      headers: { 'WWW-Authenticate': bearerChallenge({ error: 'invalid_token' }) },
      extensions: options.explainRejections ? { explanation: explain(encoded, options) } : {},
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

function explain(encoded: string, options: AccessTokenGuardOptions): { reason: string; remedy: string } {
  const { reason, remedy } = explainRejection(encoded, options);
  return { reason, remedy };
}
