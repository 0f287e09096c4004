import type { Authority } from '@obo/access-token';

/** MSAL's `auth` options that describe the identity provider. */
interface TokenAuthority {
  authority: string;
  knownAuthorities: string[];
  authorityMetadata?: string;
}

/**
 * Returns the authority that exchanges a user's token: that of the tenant the user signed in to, which has the user's
 * consent. It is the configured authority with the tenant replaced.
 *
 * MSAL treats the host as known, because it was configured: MSAL does not ask Microsoft whether the host is genuine.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow", middle-tier access token request.
 *
 * @param tenant The `tid` of a validated token.
 */
export function tokenAuthority({ url, tenantId, metadata }: Authority, tenant: string): TokenAuthority {
  const { host, origin } = new URL(url);
  return {
    authority: tenant === tenantId ? url : `${origin}/${tenant}`,
    knownAuthorities: [host],
    ...(metadata && { authorityMetadata: JSON.stringify(metadata).replaceAll(tenantId, tenant) }),
  };
}
