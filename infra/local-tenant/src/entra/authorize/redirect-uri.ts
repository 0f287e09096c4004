import type { Application } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import type { RefreshToken } from '../tokens/refresh-token.ts';

/** A redirect URI from a request, with the platform it is registered for. */
export interface ReturnAddress {
  redirectUri: string;
  platform: RefreshToken['platform'];
}

/**
 * Finds the registration of a redirect URI: the same string, except for the port of loopback addresses ("Redirect URI
 * (reply URL) outline and restrictions": localhost exceptions). Returns the only registered one if the request has
 * none.
 *
 * @throws {EntraError} 500113 if none is registered, 50011 if this one is not.
 */
export function findReturnAddress(application: Application, sent: string | undefined): ReturnAddress {
  const registered = returnAddresses(application);
  const [only] = registered;
  if (!only) throw entraError(500113, []);
  if (sent === undefined && registered.length === 1) return only;
  const wanted = sent ?? '';
  const found = match(registered, wanted);
  if (!found) throw entraError(50011, [wanted, application.appId]);
  return { redirectUri: wanted, platform: found.platform };
}

export const isRegisteredRedirectUri = (application: Application, uri: string): boolean =>
  match(returnAddresses(application), uri) !== undefined;

const returnAddresses = (application: Application): ReturnAddress[] =>
  (['spa', 'web', 'publicClient'] as const).flatMap((platform) =>
    application[platform].redirectUris.map((redirectUri) => ({ redirectUri, platform })),
  );

const match = (registered: readonly ReturnAddress[], uri: string): ReturnAddress | undefined =>
  registered.find(({ redirectUri }) => redirectUri === uri) ??
  registered.find(({ redirectUri }) => isSameLoopback(redirectUri, uri));

function isSameLoopback(registered: string, sent: string): boolean {
  const withoutPort = (uri: string) =>
    uri
      .replace(/^(http:\/\/(?:localhost|127\.0\.0\.1))(?::\d{1,5})?(?=\/|$)/, '$1')
      .replace(/^(http:\/\/[^/]+)\/$/, '$1');
  return (
    /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?(\/|$)/.test(sent) &&
    withoutPort(registered) === withoutPort(sent)
  );
}
