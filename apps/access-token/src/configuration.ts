import { applicationIdUri, commaSeparated, guid, lowerCaseGuids } from '@obo/service-defaults/configuration';
import { z } from 'zod';
import { type Authority, authorityMetadataSchema } from './authority.ts';
import { validators } from './verify-token.ts';

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

const zeros = '00000000-0000-0000-0000-000000000000';

const notATenantUrl = 'must be an https URL that ends with the tenant';

/**
 * Accepts the URL of a tenant at an identity provider, also with the `/v2.0` of the issuer, which is removed. An API has a
 * tenant: with `common` or `organizations`, users of every tenant would be exchanged at their own.
 */
const tenantUrl = z.url({ protocol: /^https$/, error: notATenantUrl }).transform((text, context) => {
  const { origin, pathname, search, hash } = new URL(text);
  const [, tenant] = /^\/(?!v2\.0\/*$)([^/]+)(?:\/v2\.0)?\/*$/.exec(pathname.toLowerCase()) ?? [];
  if (tenant !== undefined && search === '' && hash === '' && !tenants.includes(tenant))
    return `${origin}/${tenant}`;
  const message = tenants.includes(tenant ?? '')
    ? "must end with the API's own tenant, not with common, organizations or consumers"
    : notATenantUrl;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});
/** What stands for several tenants in the URL of an authority. */
const tenants = ['common', 'organizations', 'consumers'];

/** Variables that say which access tokens an API accepts. */
export const accessTokenVariables = {
  TENANT_ID: guid('must be a GUID, not a domain name').meta({
    description: 'Directory (tenant) ID, a GUID.',
    example: zeros,
  }),
  AUTHORITY: tenantUrl.meta({
    description: 'https URL of the identity provider that ends with the tenant.',
    example: `https://login.microsoftonline.com/${zeros}`,
  }),
  AUTHORITY_METADATA: json.pipe(authorityMetadataSchema).optional().meta({
    description:
      'OpenID configuration as JSON, if it cannot be derived from `AUTHORITY`, as for the local tenant: `issuer`, `jwks_uri`, `authorization_endpoint`, `token_endpoint`, `end_session_endpoint` (optional). In a file, put it in single quotes.',
    example: '{"issuer":"…","jwks_uri":"…","authorization_endpoint":"…","token_endpoint":"…"}',
  }),
  ISSUER_V1: z
    .url({ protocol: /^https?$/, error: 'must be the URL of an issuer' })
    .overwrite(lowerCaseGuids)
    .optional()
    .meta({
      description:
        'Issuer of v1.0 tokens. Only for an API whose registration asks for v1.0 tokens, which are rejected otherwise.',
      example: `https://sts.windows.net/${zeros}/`,
    }),
  ALLOWED_TENANT_IDS: commaSeparated(guid('must be GUIDs')).optional().meta({
    description:
      'Only for a multi-tenant API: the tenants whose users may call, including its own, separated by commas.',
    example: zeros,
  }),
  CLIENT_ID: guid().meta({
    description: "The API's own application (client) ID: the audience of the tokens it accepts.",
    example: zeros,
  }),
  APP_ID_URI: applicationIdUri.optional().meta({
    description:
      "The API's own Application ID URI, if it is not `api://` and the client ID. Clients request its scopes, and it is the audience of v1.0 tokens.",
    example: `api://contoso.example/${zeros}`,
  }),
  ALLOWED_CLIENT_IDS: commaSeparated(guid('must be GUIDs')).meta({
    description: 'Application (client) IDs of the apps that may call, separated by commas.',
    example: zeros,
  }),
  ACCESS_TOKEN_VALIDATOR: z
    .enum(validators)
    .default(validators[0])
    .meta({ description: `Library that verifies access tokens: \`${validators.join('` or `')}\`.` }),
  EXPLAIN_REJECTIONS: z.stringbool({ error: 'must be true or false' }).prefault('false').meta({
    description:
      'In development only: `true` makes an `invalid_token` response explain why the token was rejected and what to change.',
  }),
};

/** Maps the parsed {@link accessTokenVariables} to the options of the guard. */
export const accessTokenOptionsOf = (variables: AccessTokenVariables) => ({
  authority: authorityOf(variables),
  clientId: variables.CLIENT_ID,
  appIdUri: variables.APP_ID_URI ?? `api://${variables.CLIENT_ID}`,
  allowedClientIds: variables.ALLOWED_CLIENT_IDS,
  validator: variables.ACCESS_TOKEN_VALIDATOR,
  explainRejections: variables.EXPLAIN_REJECTIONS,
});

/** Checks that the authority is that of the tenant, if it names it by its ID: `.refine(...authorityOfTenant)`. */
export const authorityOfTenant = [
  ({ TENANT_ID, AUTHORITY }: Pick<AccessTokenVariables, 'TENANT_ID' | 'AUTHORITY'>): boolean => {
    const { data: tenantId = TENANT_ID } = guid().safeParse(AUTHORITY.split('/').at(-1));
    return tenantId === TENANT_ID;
  },
  { path: ['AUTHORITY'], error: 'must end with the tenant of TENANT_ID' },
] satisfies Parameters<z.ZodType<AccessTokenVariables>['refine']>;

type AccessTokenVariables = z.output<z.ZodObject<typeof accessTokenVariables>>;

/**
 * Derives the issuer and the key endpoint from the parsed {@link accessTokenVariables}.
 *
 * Source: "Access tokens in the Microsoft identity platform", validate the issuer; v2.0 endpoints.
 */
export function authorityOf(
  variables: Pick<AccessTokenVariables, 'TENANT_ID' | 'AUTHORITY'> & Partial<AccessTokenVariables>,
): Authority {
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
