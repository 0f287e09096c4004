import type { DependencyState } from '@obo/service-defaults/calls';
import { reportCache } from '@obo/service-defaults/observability';
import type { Telemetry } from '@obo/service-defaults/server';
import type { Logger } from 'pino';
import { createClientCredential } from './client-credential/client-credential.ts';
import type { ClientCredentialOptions } from './client-credential/client-credential-variables.ts';
import { createExchange, type ExchangeOptions } from './exchange.ts';
import { createDistributedCache } from './shared-cache/distributed-cache.ts';
import type { KeyRing } from './shared-cache/key-ring.ts';
import { createOnBehalfOf, type OnBehalfOf } from './token-cache.ts';

export interface TokenAcquisitionOptions
  extends Pick<ExchangeOptions, 'authority' | 'clientId' | 'consentScope' | 'deadline' | 'circuitPause'> {
  clientCredential: ClientCredentialOptions;
  /** Bytes for the tokens that are kept in this process. */
  tokenCacheBytes: number;
  /** Where several instances share tokens, if they do; see {@link createDistributedCache}. */
  distributedCache?: { url: string; keys: KeyRing; deadline?: number } | undefined;
  /** Told that nothing got for a person before may be used any more, so that others forget it too. */
  onForgotten: (person: string) => void;
  logger: Logger;
  telemetry?: Telemetry;
}

/** All that is needed to act on behalf of people. */
export interface TokenAcquisition {
  onBehalfOf: OnBehalfOf;
  /** Forgets what was got for a person, with all instances. */
  forget(person: string): void;
  /** Whether the middle tier can prove who it is; for the readiness check. */
  ready(): Promise<boolean>;
  /** What is known of the services that tokens come from. */
  dependencies: Readonly<Record<string, () => DependencyState>>;
  close(): Promise<void>;
}

/** Puts together, from the hand of the caller to the identity provider: this instance's tokens, the shared ones, the exchange. */
export function createTokenAcquisition({
  clientCredential: credentialOptions,
  tokenCacheBytes: bytes,
  distributedCache: distributedCacheOptions,
  onForgotten,
  logger,
  telemetry = {},
  ...exchangeOptions
}: TokenAcquisitionOptions): TokenAcquisition {
  const { deadline, circuitPause } = exchangeOptions;
  const report = reportCache<'memory' | 'redis'>(telemetry.meter, 'downstream_tokens');
  const clientCredential = createClientCredential(credentialOptions, { deadline, circuitPause });

  function forgetHere(person: string, unlessOf?: string): void {
    onBehalfOf.forget(person, unlessOf);
    onForgotten(person);
  }
  const distributedCache =
    distributedCacheOptions &&
    createDistributedCache({
      ...distributedCacheOptions,
      onForgotten: forgetHere,
      kept: () => onBehalfOf.kept(),
      circuitPause,
      logger,
      report,
    });
  function forget(person: string): void {
    forgetHere(person);
    distributedCache?.forget(person);
  }
  const exchange = createExchange({
    ...exchangeOptions,
    clientCredential,
    distributedCache,
    onRevoked: forget,
    telemetry,
  });
  const onBehalfOf = createOnBehalfOf(exchange, { bytes, logger, report });

  return {
    onBehalfOf,
    forget,
    ready: async () => (await exchange.ready()) && clientCredential.ready(),
    dependencies: {
      identity_provider: exchange.state,
      ...clientCredential.dependencies,
      ...(distributedCache && { shared_token_cache: distributedCache.state }),
    },
    async close() {
      distributedCache?.close();
      await exchange.close();
    },
  };
}
