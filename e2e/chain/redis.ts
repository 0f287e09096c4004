import { randomBytes, randomUUID } from 'node:crypto';
import { namesOf, onRedis, redisUrl } from '@obo/on-behalf-of/testing';

/** What instances of one test share. */
export interface SharedTokens {
  /** Variables of the middle tier. */
  environment: { REDIS_URL: string; TOKEN_CACHE_KEYS: string };
  /** How many tokens are there. */
  count(): Promise<number>;
  remove(): Promise<void>;
}

/** Makes a place in Redis that nobody else has a key for. */
export function shareTokens(url = redisUrl): SharedTokens {
  const id = randomUUID().slice(0, 18);
  const names = (kind: string) => onRedis((client) => namesOf(id, client, kind));
  return {
    environment: {
      REDIS_URL: url,
      TOKEN_CACHE_KEYS: `${id}:${randomBytes(32).toString('base64')}`,
    },
    count: async () => (await names('token')).length,
    async remove() {
      const all = await names('*');
      if (all.length > 0) await onRedis((client) => client.del(all));
    },
  };
}
