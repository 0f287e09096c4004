import { commaSeparated } from '@obo/service-defaults/configuration';
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

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

/** Variables that say which tenant signs people in. */
export const authorityVariables = {
  TENANT_ID: z.guid('must be a GUID, not a domain name').describe('The Directory (tenant) ID'),
  AUTHORITY: z
    .url({ protocol: /^https$/, error: 'must be an https URL that ends with the tenant' })
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('The authority with the tenant, such as https://login.microsoftonline.com/<tenant id>'),
  AUTHORITY_METADATA: json
    .pipe(authorityMetadataSchema)
    .optional()
    .describe("The authority's OpenID configuration as JSON, where it is not to be derived from AUTHORITY"),
  ISSUER_V1: z
    .string()
    .optional()
    .describe(
      'Only for an API whose registration asks for v1.0 tokens: their issuer, https://sts.windows.net/<tenant id>/',
    ),
  ALLOWED_TENANT_IDS: commaSeparated(z.guid('must be GUIDs'))
    .optional()
    .describe('Only for a multi-tenant API: the tenants whose people may use it, separated by commas'),
};

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
 * Derives issuer and key endpoint from the parsed {@link authorityVariables}.
 *
 * Source: "Access tokens in the Microsoft identity platform", validate the issuer; v2.0 endpoints.
 */
export function authorityOf(variables: {
  TENANT_ID: string;
  AUTHORITY: string;
  AUTHORITY_METADATA?: AuthorityMetadata | undefined;
  ISSUER_V1?: string | undefined;
  ALLOWED_TENANT_IDS?: string[] | undefined;
}): Authority {
  const { TENANT_ID: tenantId, AUTHORITY: url, AUTHORITY_METADATA: metadata } = variables;
  const ownTenant = `${new URL(url).origin}/${tenantId}`;
  return {
    url,
    tenantId,
    issuer: metadata?.issuer ?? `${ownTenant}/v2.0`,
    issuerV1: variables.ISSUER_V1,
    allowedTenantIds: variables.ALLOWED_TENANT_IDS,
    jwksUri: metadata?.jwks_uri ?? `${url}/discovery/v2.0/keys`,
    metadata,
  };
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
