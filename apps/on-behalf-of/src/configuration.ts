import { z } from 'zod';
import {
  clientCredentialOf,
  clientCredentialVariables,
  oneCredential,
} from './client-credential/client-credential-variables.ts';
import { keyRingVariables } from './key-ring.ts';
import { keysRequired, sharedCacheOf, sharedCacheVariables } from './shared-cache/shared-cache-variables.ts';

/** Variables of an API that acts on behalf of its users. */
export const onBehalfOfVariables = {
  ...clientCredentialVariables,
  TOKEN_CACHE_MEGABYTES: z.coerce
    .number('must be a number of megabytes')
    .int('must be a whole number of megabytes')
    .min(1, 'must be at least 1')
    .default(128)
    .meta({
      description:
        'Memory for the tokens cached in this process, in MB. 128 are enough for about 25,000 users. When it is full, the tokens that were not used for longest are removed.',
    }),
  ...sharedCacheVariables,
  ...keyRingVariables,
};
type Variables = z.output<z.ZodObject<typeof onBehalfOfVariables>>;

/** Adds the rules about several of the {@link onBehalfOfVariables} to a schema that has them. */
export const withOnBehalfOfRules = <Schema extends z.ZodType<Variables>>(schema: Schema): Schema =>
  schema.refine(...oneCredential).refine(...keysRequired);

/** Options of `createOnBehalfOf` that come from the environment. */
export type OnBehalfOfConfiguration = ReturnType<typeof onBehalfOfOptionsOf>;

/** Reads these options from the parsed {@link onBehalfOfVariables}. */
export const onBehalfOfOptionsOf = (variables: Variables) => ({
  clientCredential: clientCredentialOf(variables),
  tokenCacheBytes: variables.TOKEN_CACHE_MEGABYTES * 1024 * 1024,
  sharedCache: sharedCacheOf(variables),
});
