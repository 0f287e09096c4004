import { z } from 'zod';

/**
 * How and when a user signed in. Sessions, codes, refresh tokens and (sealed) access tokens contain it, so that an
 * exchange on behalf of the user knows it.
 */
export const authenticationSchema = z.object({
  userId: z.guid(),
  /** Session ID (`sid` claim). */
  sessionId: z.guid(),
  /** Milliseconds since 1970. */
  authenticatedAt: z.number(),
  /** Authentication methods (`amr` claim). */
  methods: z.array(z.enum(['pwd', 'mfa'])),
  /** Authentication contexts that were satisfied (`acrs` claim). */
  contexts: z.array(z.string()).default([]),
});
export type Authentication = z.infer<typeof authenticationSchema>;
