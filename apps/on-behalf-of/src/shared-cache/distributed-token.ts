import { z } from 'zod';

/** What MSAL serializes of an access token, as far as it must be for MSAL to find the token again. */
const accessTokenSchema = z.strictObject({
  home_account_id: z.string(),
  environment: z.string(),
  credential_type: z.literal('AccessToken'),
  client_id: z.string(),
  secret: z.string().min(1),
  realm: z.string(),
  target: z.string(),
  cached_at: z.string(),
  expires_on: z.string().regex(/^\d+$/),
  extended_expires_on: z.string().optional(),
  refresh_on: z.string().optional(),
  token_type: z.string().regex(/^bearer$/i),
  userAssertionHash: z.string(),
});

/** A token as instances share it. */
const distributedTokenSchema = z.strictObject({
  /** Whose it is: `tid.oid` of the assertion. */
  person: z.string(),
  /** Of which era of the person; see `eras.ts`. */
  era: z.string(),
  /** A cache of MSAL that holds this token and nothing else. */
  cache: z.strictObject({
    AccessToken: z
      .record(z.string(), accessTokenSchema)
      .refine((tokens) => Object.keys(tokens).length === 1, 'must be one token'),
  }),
});
export type DistributedToken = z.infer<typeof distributedTokenSchema>;

/** What MSAL serialized, of which only access tokens are looked at. */
const serializedCacheSchema = z.object({
  AccessToken: z.record(
    z.string(),
    accessTokenSchema.extend({ additionalCacheKeyComponents: z.undefined().optional() }).strip(),
  ),
});

/** Parses what another instance wrote, or somebody in its place: MSAL itself would throw at anything unexpected. */
export function parseDistributedToken(text: string): DistributedToken | undefined {
  const result = distributedTokenSchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

/**
 * Takes one access token out of all that MSAL serialized. ID token, refresh token and account stay behind: nothing here uses
 * them, and what is not kept cannot get out.
 *
 * @returns the token's own cache, or `undefined` if it is not there in the expected form.
 */
export function takeAccessToken(
  serialized: string,
  accessToken: string,
): DistributedToken['cache'] | undefined {
  const result = serializedCacheSchema.safeParse(parseJson(serialized));
  const entry = Object.entries(result.data?.AccessToken ?? {}).find(
    ([, { secret }]) => secret === accessToken,
  );
  return entry && { AccessToken: Object.fromEntries([entry]) };
}

/** When a shared token expires, in milliseconds since the epoch. */
export const expiryOf = ({ AccessToken }: DistributedToken['cache']): number =>
  Math.max(0, ...Object.values(AccessToken).map(({ expires_on }) => Number(expires_on) * 1000));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
