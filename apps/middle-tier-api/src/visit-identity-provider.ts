import type { Authority } from '@obo/access-token';
import type { CookieOptions } from 'express';

/** How long a user may take on the identity provider's pages, in milliseconds. */
export const longestVisit = 600_000;

/** Returns the authorization endpoint for users of a tenant. */
export function authorizationEndpointOf(authority: Authority, tenantId: string): URL {
  const endpoint = authority.metadata?.authorization_endpoint ?? `${authority.url}/oauth2/v2.0/authorize`;
  return new URL(endpoint.replaceAll(authority.tenantId, tenantId));
}

/** Returns the options of the cookie that binds a visit to the browser that it began in (RFC 9700, section 4.7). */
export function visitCookieFor(redirectUri: string): CookieOptions {
  const { protocol, pathname } = new URL(redirectUri);
  // Lax: it has to come along when the identity provider leads the browser back.
  return { httpOnly: true, sameSite: 'lax', secure: protocol === 'https:', path: pathname };
}

/** Reads a cookie from the Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  const found = header?.split('; ').find((pair) => pair.startsWith(prefix));
  try {
    return found && decodeURIComponent(found.slice(prefix.length));
  } catch {
    return undefined;
  }
}
