import { z } from 'zod';
import { keyRing } from './key-ring.ts';

/** Variables for several instances that share the tokens they get. */
export const distributedCacheVariables = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' })
    .optional()
    .describe('The Redis server in which instances share tokens, such as rediss://:password@host:6380'),
  TOKEN_CACHE_KEYS: keyRing
    .optional()
    .describe(
      'Keys that encrypt what is in Redis, <id>:<base64 of 32 bytes>, separated by commas; the first one encrypts, all' +
        " decrypt. Make one with: node -p \"'1:' + crypto.randomBytes(32).toString('base64')\"",
    ),
};

type Variables = {
  [Name in keyof typeof distributedCacheVariables]?: z.output<(typeof distributedCacheVariables)[Name]>;
};

/** For the schema of all variables: `.refine(hasKeys, keysMissing)`. */
export const hasKeys = ({ REDIS_URL, TOKEN_CACHE_KEYS }: Variables): boolean =>
  REDIS_URL === undefined || TOKEN_CACHE_KEYS !== undefined;

export const keysMissing = {
  path: ['TOKEN_CACHE_KEYS'],
  // Also when other variables are wrong: one message names every problem.
  when: () => true,
  error: 'must be set where REDIS_URL is, as tokens are not put there unencrypted',
};

/** Where instances share tokens, and how they are encrypted there; `undefined` if they do not. */
export const distributedCacheOf = ({ REDIS_URL: url, TOKEN_CACHE_KEYS: keys }: Variables) =>
  url !== undefined && keys !== undefined ? { url, keys } : undefined;
