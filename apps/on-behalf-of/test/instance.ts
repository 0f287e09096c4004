import type { AccessToken } from '@obo/access-token';
import type { DependencyState } from '@obo/service-defaults/calls';
import { createTestLogger } from '@obo/service-defaults/testing';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { z } from 'zod';
import { onBehalfOfOptionsOf, onBehalfOfVariables } from '../src/configuration.ts';
import { createTokenAcquisition, type OnBehalfOfOptions } from '../src/on-behalf-of.ts';
import type { AcquiredToken, TokenCache } from '../src/token-cache.ts';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

/** The part of a middle tier instance that acquires tokens. */
export interface Instance extends TokenCache {
  /** Acquires a token as a resource does: from the cache, otherwise by an exchange. */
  acquire(token: AccessToken, scopes: readonly string[], rejected?: string): Promise<AcquiredToken>;
  /** Revokes a user's tokens as a claims challenge does: in all instances. */
  revoke(userKey: string): void;
  ready(): Promise<boolean>;
  /** The state of a service that tokens come from. */
  state(dependency: string): DependencyState | undefined;
  logs: readonly string[];
  close(): Promise<void>;
}

/** Returns the options of an instance that exchanges tokens at this endpoint. */
export const optionsFor = ({ authority }: TokenEndpoint, logs: string[] = []): OnBehalfOfOptions => ({
  authority,
  clientId: 'e3a1c5b7-9d24-4f68-8b0e-7c2d6f1a5e94',
  ...onBehalfOfOptionsOf(
    z.object(onBehalfOfVariables).parse({ CLIENT_SECRET: 'a secret of the middle tier' }),
  ),
  consentScope: 'api://middle-tier/.default',
  onRevoked: () => {},
  deadline: 3_000,
  circuitPause: 50,
  logger: createTestLogger('middle-tier-api', logs),
});

/** Starts an instance that exchanges tokens at this endpoint. */
export function startInstance(endpoint: TokenEndpoint, options: Partial<OnBehalfOfOptions> = {}): Instance {
  const logs: string[] = [];
  const { tokenCache, source, revoke } = createTokenAcquisition({
    ...optionsFor(endpoint, logs),
    ...options,
  });
  return {
    ...tokenCache,
    acquire: async (...call) => tokenCache.find(...call) ?? tokenCache.exchange(...call),
    revoke,
    ready: source.ready,
    state: (dependency) => source.dependencies[dependency]?.(),
    logs,
    close: source.close,
  };
}

/**
 * Starts one token endpoint for the tests of a file, and an instance of its own for each test. Real timers return after
 * each test.
 *
 * @param use Receives both before each test.
 */
export function startInstanceForEachTest(use: (endpoint: TokenEndpoint, instance: Instance) => void): void {
  let endpoint: TokenEndpoint;
  let instance: Instance;
  beforeAll(async () => {
    endpoint = await startTokenEndpoint();
  });
  beforeEach(() => {
    endpoint.forget();
    endpoint.behave();
    instance = startInstance(endpoint);
    use(endpoint, instance);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await instance.close();
  });
  afterAll(() => endpoint.close());
}
