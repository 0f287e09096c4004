import { z } from 'zod';

const endpoint = z.url({ protocol: /^https?$/ });

/** The part of an OpenID Provider configuration that clients and APIs need (OpenID Connect Discovery 1.0, section 3). */
export const authorityMetadataSchema = z.object({
  issuer: z.string().min(1),
  jwks_uri: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  end_session_endpoint: endpoint.optional(),
});
export type AuthorityMetadata = z.infer<typeof authorityMetadataSchema>;

/** Who issues tokens, and with which keys. */
export interface Authority {
  /** The authority URL, as MSAL takes it. */
  url: string;
  tenantId: string;
  issuer: string;
  /** Issuer of v1.0 tokens; they are refused if it is not set. */
  issuerV1?: string | undefined;
  /** Tenants whose people may call, when there are others than `tenantId`. */
  allowedTenantIds?: readonly string[] | undefined;
  jwksUri: string;
  /** Given only where it is not to be derived from the URL; MSAL takes it as `authorityMetadata`. */
  metadata: AuthorityMetadata | undefined;
}

/**
 * The issuers of a tenant's tokens: the authority's own, with that tenant in place of its own.
 *
 * Source: "Access tokens in the Microsoft identity platform", multitenant applications; RFC 8725, section 3.8.
 */
export function issuersOf({ issuer, issuerV1, tenantId }: Authority, tenant: string): string[] {
  return [issuer, issuerV1].flatMap((known) =>
    known === undefined ? [] : [known.replaceAll(tenantId, tenant)],
  );
}
