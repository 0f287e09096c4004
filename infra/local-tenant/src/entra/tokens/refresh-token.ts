import { z } from 'zod';
import { type EntraServices, numericDate } from '../entra-services.ts';
import { authenticationSchema } from './authentication.ts';

const refreshTokenSchema = z.object({
  clientId: z.guid(),
  authentication: authenticationSchema,
  /** The platform of the client. Renewed `spa` tokens keep the expiry of the first. */
  platform: z.enum(['spa', 'web', 'publicClient']),
  /** The `scope` of the original request, for a refresh without one. */
  scope: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  /** See `refreshTokenGeneration` of the directory. */
  generation: z.int().default(0),
});

/** An opened refresh token, valid for every resource that the user consented to. Times are seconds since 1970. */
export type RefreshToken = z.infer<typeof refreshTokenSchema>;

/**
 * Seals a refresh token.
 *
 * @param previous The token it replaces.
 */
export function issueRefreshToken(
  { directory, secrets, lifetimes, now }: EntraServices,
  token: Omit<RefreshToken, 'issuedAt' | 'expiresAt' | 'generation'>,
  previous?: RefreshToken,
): { token: string; expiresIn: number } {
  const issuedAt = numericDate(now());
  const isSpa = token.platform === 'spa';
  const expiresAt =
    isSpa && previous
      ? previous.expiresAt
      : issuedAt + (isSpa ? lifetimes.spaRefreshToken : lifetimes.refreshToken);
  const firstIssuedAt = isSpa && previous ? previous.issuedAt : issuedAt;
  const generation = directory.state.refreshTokenGeneration;
  const sealed = secrets.seal('refresh-token', { ...token, issuedAt: firstIssuedAt, expiresAt, generation });
  return { token: `1.${sealed}`, expiresIn: Math.max(0, expiresAt - issuedAt) };
}

/** Opens a refresh token. Returns `undefined` if it was not issued here. */
export function openRefreshToken({ secrets }: EntraServices, token: string): RefreshToken | undefined {
  return token.startsWith('1.')
    ? secrets.open('refresh-token', refreshTokenSchema, token.slice(2))
    : undefined;
}
