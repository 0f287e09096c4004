import { createHash, timingSafeEqual } from 'node:crypto';
import { entraError } from '../errors/entra-error.ts';
import type { Client } from '../scopes/client.ts';

/**
 * Checks a client secret against what the application has registered, in constant time.
 *
 * @throws {EntraError} 7000215 when it is not one of them, 7000222 when it is one that expired.
 */
export function checkClientSecret({ application }: Client, secret: string, now: Date): void {
  const digest = createHash('sha256').update(secret).digest();
  const matching = application.passwordCredentials.filter(({ secretDigest }) => {
    const registered = Buffer.from(secretDigest, 'base64url');
    return registered.length === digest.length && timingSafeEqual(registered, digest);
  });
  if (matching.length === 0) throw entraError(7000215, [application.appId]);
  if (matching.every(({ endDateTime }) => Date.parse(endDateTime) <= now.getTime())) {
    throw entraError(7000222, [application.appId]);
  }
}
