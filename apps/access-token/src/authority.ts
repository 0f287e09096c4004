import { lowerCaseGuids } from '@obo/service-defaults/configuration';
import { z } from 'zod';

const endpoint = z.url({ protocol: /^https?$/ });

/** The part of an OpenID Provider configuration that clients and APIs need (OpenID Connect Discovery 1.0, section 3). */
export const authorityMetadataSchema = z.object({
  issuer: z.string().min(1).overwrite(lowerCaseGuids),
  jwks_uri: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  end_session_endpoint: endpoint.optional(),
});
export type AuthorityMetadata = z.infer<typeof authorityMetadataSchema>;

/** The identity provider of an API: issuer and keys of its tokens. */
export interface Authority {
  /** The authority URL, in the form that MSAL accepts. */
  url: string;
  tenantId: string;
  issuer: string;
  /** Issuer of v1.0 tokens; they are rejected if it is not set. */
  issuerV1?: string | undefined;
  /** Tenants whose users may call, if there are others than `tenantId`. */
  allowedTenantIds?: readonly string[] | undefined;
  jwksUri: string;
  /** Only if it cannot be derived from the URL; MSAL accepts it as `authorityMetadata`. */
  metadata: AuthorityMetadata | undefined;
}

/**
 * Returns the issuers of a tenant's tokens: those of the authority, with that tenant in place of its own.
 *
 * Source: "Access tokens in the Microsoft identity platform", multitenant applications; RFC 8725, section 3.8.
 */
export function issuersOf({ issuer, issuerV1, tenantId }: Authority, tenant: string): string[] {
  const issuers = [issuer.replaceAll(tenantId, tenant)];
  if (issuerV1 !== undefined) issuers.push(issuerV1.replaceAll(tenantId, tenant));
  return issuers;
}

/**
 * Checks whose tokens a key signs. A key that names an issuer is for that issuer's tokens only: the tenant the keys were
 * fetched for, the tenant of the token, or `{tenantid}`.
 *
 * Source: "Access tokens in the Microsoft identity platform", validate the signing key issuer.
 *
 * @param tenantId The tenant of the token.
 */
export function isKeyFor(
  { issuer }: { readonly issuer?: string | undefined },
  authority: Authority,
  tenantId: string,
): boolean {
  if (issuer === undefined) return true;
  const named = issuer.replaceAll('{tenantid}', tenantId).replaceAll(authority.tenantId, tenantId);
  return issuersOf(authority, tenantId).includes(named);
}
