import { createHttpClient, type DependencyState, type HttpClient } from '@obo/service-defaults/calls';
import { reportCache } from '@obo/service-defaults/observability';
import type { Logger } from 'pino';
import type { AuthorizationCodes } from './authorization-code.ts';
import type { OnBehalfOfConfiguration } from './configuration.ts';
import { createExchange, type Exchange, type ExchangeOptions } from './exchange.ts';
import { exchangeProblems } from './exchange-problems.ts';
import { createLongRunningSessions, type LongRunningSessions } from './long-running.ts';
import { createResource, type Resource } from './resource.ts';
import { resourceProblems } from './resource-problems.ts';
import { shareTokens } from './shared-cache/shared-cache.ts';
import { createTokenCache } from './token-cache.ts';

/** The problems with which a call on behalf of a user can fail. */
export const onBehalfOfProblems = { ...exchangeProblems, ...resourceProblems };

export interface OnBehalfOfOptions extends OnBehalfOfConfiguration, ExchangeOptions {
  logger: Logger;
}

/** Calls protected APIs on behalf of users. */
export interface OnBehalfOf extends LongRunningSessions, AuthorizationCodes {
  /**
   * Connects to a protected API.
   *
   * @param name The resource's name in problems, readiness and metrics, such as `graph`.
   * @param baseUrl The only address that tokens for the resource are sent to.
   */
  resource(name: string, baseUrl: string): Resource;
  /** Readiness check: can this API prove its identity to the identity provider? */
  ready(): Promise<boolean>;
  /** The states of the resources and of the services that tokens come from, by name. */
  dependencies: Readonly<Record<string, () => DependencyState>>;
  /** Cancels calls in flight and closes all connections. */
  close(): Promise<void>;
}

/**
 * Composes the On-Behalf-Of flow: a call to a resource takes its token from this instance's token cache, otherwise from
 * the cache that instances share, otherwise it exchanges the caller's token.
 */
export function createOnBehalfOf(options: OnBehalfOfOptions): OnBehalfOf {
  const { tokenCache, source, revoke } = createTokenAcquisition(options);
  const { authority, deadline, circuitPause, proxy } = options;
  const clients: HttpClient[] = [];
  const dependencies = { ...source.dependencies };

  return {
    resource(name, baseUrl) {
      const client = createHttpClient({ baseUrl, deadline, circuitPause, proxy });
      clients.push(client);
      dependencies[name] = client.state;
      return createResource({ name, client, tokenCache, revoke, authority: authority.url });
    },
    ...createLongRunningSessions(source.redeem),
    async redeemCode(redirect, caller, scopes) {
      const { userKey, claims } = caller;
      const { refreshToken: _, ...fresh } = await source.redeem({ redirect, userKey, claims }, scopes);
      tokenCache.keep(caller, scopes, (await source.share?.(caller, scopes, fresh)) ?? fresh);
    },
    ready: source.ready,
    dependencies,
    async close() {
      await Promise.all([source, ...clients].map((connected) => connected.close()));
    },
  };
}

/** Composes what gets tokens: token cache, shared cache, exchange. Tests use it without resources. */
export function createTokenAcquisition(options: OnBehalfOfOptions) {
  const { logger, telemetry = {} } = options;
  const report = reportCache<'memory' | 'shared'>(telemetry.meter, 'token_cache');

  function forget(userKey: string, exceptGeneration?: string): void {
    tokenCache.forget(userKey, exceptGeneration);
    options.onRevoked(userKey);
  }
  function revoke(userKey: string): void {
    forget(userKey);
    source.revoke?.(userKey);
  }

  let source: Exchange = createExchange({ ...options, onRevoked: revoke });
  if (options.sharedCache)
    source = shareTokens(source, {
      ...options.sharedCache,
      circuitPause: options.circuitPause,
      onRevoked: forget,
      users: () => tokenCache.users(),
      logger,
      report,
    });
  const tokenCache = createTokenCache(source, { bytes: options.tokenCacheBytes, logger, report });
  return { tokenCache, source, revoke };
}
