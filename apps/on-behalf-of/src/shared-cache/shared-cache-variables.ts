import { z } from 'zod';
import { type KeyRing, keyRingVariables } from '../key-ring.ts';

/** Variables for several instances that share their tokens, besides those of the key ring. */
export const sharedCacheVariables = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' })
    .optional()
    .meta({
      description: 'Redis server in which instances share tokens. Only for several instances.',
      example: 'rediss://:password@localhost:6380',
    }),
};

const variables = { ...sharedCacheVariables, ...keyRingVariables };
type Variables = { [Name in keyof typeof variables]?: z.output<(typeof variables)[Name]> };

/** Checks that tokens are not put into Redis unencrypted: `.refine(...keysRequired)`. */
export const keysRequired = [
  ({ REDIS_URL, TOKEN_CACHE_KEYS }: Variables): boolean =>
    REDIS_URL === undefined || TOKEN_CACHE_KEYS !== undefined,
  {
    path: ['TOKEN_CACHE_KEYS'],
    // Also when other variables are invalid: one message names every problem.
    when: () => true,
    error: 'must be set if REDIS_URL is, because tokens are not stored there unencrypted',
  },
] satisfies Parameters<z.ZodType<Variables>['refine']>;

/** Reads the options of the shared cache from the variables: undefined if instances share nothing. */
export const sharedCacheOf = ({
  REDIS_URL: url,
  TOKEN_CACHE_KEYS: keys,
}: Variables): { url: string; keys: KeyRing; deadline?: number } | undefined =>
  url !== undefined && keys !== undefined ? { url, keys } : undefined;
