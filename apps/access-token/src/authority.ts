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
