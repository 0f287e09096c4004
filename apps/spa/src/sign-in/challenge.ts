import { z } from '../configuration/zod.ts';

/** What an API needs from the person before it can act on their behalf. */
export const challengeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('consent'), scopes: z.array(z.string()) }),
  /** `claims` is base64 JSON, as `insufficient_claims` carries it (Entra: "Claims challenges, claims requests"). */
  z.object({ kind: z.literal('claims'), claims: z.string() }),
  z.object({ kind: z.literal('sign-in') }),
]);

export type Challenge = z.output<typeof challengeSchema>;
