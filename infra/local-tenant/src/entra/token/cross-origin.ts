import { entraError } from '../errors/entra-error.ts';
import type { RefreshToken } from '../tokens/refresh-token.ts';

/**
 * What was issued to a single-page application is exchanged from its page, across origins; everything else is not.
 *
 * @throws {EntraError} 9002327 without `Origin`, 9002326 with it.
 */
export function checkCrossOrigin(platform: RefreshToken['platform'], origin: string | undefined): void {
  if (platform === 'spa' && origin === undefined) throw entraError(9002327, []);
  if (platform !== 'spa' && origin !== undefined) throw entraError(9002326, [origin]);
}
