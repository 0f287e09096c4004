import type { Authority } from '@obo/access-token';

/** What MSAL's `auth` says of the identity provider. */
export interface TokenAuthority {
  authority: string;
  knownAuthorities: string[];
  authorityMetadata?: string;
}

/**
 * The authority that a person's token is exchanged at: that of the tenant they signed in to, which is where the consent
 * is. It is the configured one, with another tenant in place of its own.
 *
 * MSAL is told that it knows the host: it was configured, and Microsoft need not be asked whether it is genuine.
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
