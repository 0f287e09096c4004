import { createHash } from 'node:crypto';
import type { AccessToken } from '@obo/service-defaults';
import { LRUCache } from 'lru-cache';
import type { DownstreamToken, Exchange } from './exchange.ts';

/** A token, and whether the identity provider had to be asked for it. */
export interface AcquiredToken {
  accessToken: string;
  source: 'cache' | 'identity_provider';
}

/** Acquires tokens on behalf of the person whose access token it is given. */
export interface OnBehalfOf {
  /** @throws {Problem} see `exchangeProblems`. A failure is not remembered. */
  acquire(token: AccessToken, scopes: readonly string[]): Promise<AcquiredToken>;
  /** Forgets every token got with this assertion, after a claims challenge. */
  forget(token: AccessToken): void;
  /** Forgets one token that its resource refused. Of calls that are refused at the same time, only one asks anew. */
  forgetRefused(token: AccessToken, scopes: readonly string[], refused: string): void;
}

interface Partition {
  tokens: Map<string, DownstreamToken>;
  inFlight: Map<string, Promise<DownstreamToken>>;
}

const mostPartitions = 20_000;

/** Milliseconds before its expiry from which a token is no longer handed out. */
const expiryMargin = 60_000;

/**
 * Keeps the tokens that were exchanged, in one partition for each assertion. So nobody ever gets a token that was got
 * with another assertion, sessions of one person do not displace each other, and the cost of a call does not depend
 * on how many people there are. Calls at the same time for the same scopes share one exchange.
 *
 * A partition's key is a SHA-256 of the assertion; the assertion itself is not kept. Partitions leave when
 * their assertion expires.
 */
export function createOnBehalfOf({ exchange }: Pick<Exchange, 'exchange'>): OnBehalfOf {
  const partitions = new LRUCache<string, Partition>({ max: mostPartitions, ttl: 1, ttlAutopurge: false });

  function partitionOf(token: AccessToken): Partition {
    const key = keyOf(token);
    const known = partitions.get(key);
    if (known) return known;
    const partition: Partition = { tokens: new Map(), inFlight: new Map() };
    partitions.set(key, partition, { ttl: Math.max(1, token.claims.exp * 1000 - Date.now()) });
    return partition;
  }

  return {
    async acquire(token, scopes) {
      const { tokens, inFlight } = partitionOf(token);
      const key = keyOfScopes(scopes);
      const known = tokens.get(key);
      if (known && known.expiresAt - expiryMargin > Date.now())
        return { accessToken: known.accessToken, source: 'cache' };

      let pending = inFlight.get(key);
      if (!pending) {
        pending = exchange(token, scopes).finally(() => inFlight.delete(key));
        inFlight.set(key, pending);
        pending.then(
          (fresh) => tokens.set(key, fresh),
          () => tokens.delete(key),
        );
      }
      return { accessToken: (await pending).accessToken, source: 'identity_provider' };
    },
    forget: (token) => void partitions.delete(keyOf(token)),
    forgetRefused(token, scopes, refused) {
      const { tokens } = partitionOf(token);
      const key = keyOfScopes(scopes);
      if (tokens.get(key)?.accessToken === refused) tokens.delete(key);
    },
  };
}

const keyOfScopes = (scopes: readonly string[]): string => [...scopes].sort().join(' ');

const keyOf = (token: AccessToken): string =>
  createHash('sha256').update(token.assertion).digest('base64url');
