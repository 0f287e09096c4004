import { z } from 'zod';
import { type EntraServices, numericDate } from '../entra-services.ts';
import { authenticationSchema } from './authentication.ts';

const refreshTokenSchema = z.object({
  clientId: z.guid(),
  authentication: authenticationSchema,
  /** Where the first token of this line went: `spa` tokens keep the first one's end. */
  platform: z.enum(['spa', 'web', 'publicClient']),
  /** `scope` of the request that got it; used when a refresh names none. */
  scope: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

/** A refresh token, opened. Times are seconds since 1970. It is good for every resource the user consented to. */
export type RefreshToken = z.infer<typeof refreshTokenSchema>;

/** Seals a refresh token. `previous`: the one it follows from. */
export function issueRefreshToken(
  { secrets, lifetimes, now }: EntraServices,
  token: Omit<RefreshToken, 'issuedAt' | 'expiresAt'>,
  previous?: RefreshToken,
): { token: string; expiresIn: number } {
  const issuedAt = numericDate(now());
  const isSpa = token.platform === 'spa';
  const expiresAt =
    isSpa && previous
      ? previous.expiresAt
      : issuedAt + (isSpa ? lifetimes.spaRefreshToken : lifetimes.refreshToken);
  const firstIssuedAt = isSpa && previous ? previous.issuedAt : issuedAt;
  const sealed = secrets.seal('refresh-token', { ...token, issuedAt: firstIssuedAt, expiresAt });
  return { token: `1.${sealed}`, expiresIn: Math.max(0, expiresAt - issuedAt) };
}

/** The refresh token, or `undefined` when it was not issued here. */
export function openRefreshToken({ secrets }: EntraServices, token: string): RefreshToken | undefined {
  return token.startsWith('1.')
    ? secrets.open('refresh-token', refreshTokenSchema, token.slice(2))
    : undefined;
}
