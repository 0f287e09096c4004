import { azureCliAppId, password, signInOverHttp, tenant, users } from '@obo/local-tenant';
import { z } from 'zod';
import { clouds } from './clouds.ts';
import type { TenantConnection } from './command/context.ts';
import { ExpectedError } from './expected-error.ts';

const metadataSchema = z.object({
  issuer: z.url(),
  jwks_uri: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  end_session_endpoint: z.url(),
});
type AuthorityMetadata = z.infer<typeof metadataSchema>;

/** What registering needs to know about a local tenant. */
export interface LocalTenantAccess {
  authority: string;
  authorityMetadata: AuthorityMetadata;
  graphBaseUrl: string;
  /** Returns the administrator's access token for Microsoft Graph. */
  getToken: () => Promise<string>;
}

/** The local tenant did not answer. */
export class LocalTenantUnreachableError extends ExpectedError {
  override readonly name = 'LocalTenantUnreachableError';
}

/**
 * Reads a local tenant's metadata. Its token is the administrator's, who signs in on the tenant's pages with Azure CLI's
 * client ID.
 *
 * @param baseUrl Origin of the local tenant, e.g. `http://localhost:4400`.
 * @throws {LocalTenantUnreachableError} when nothing answers there within five seconds.
 */
export async function accessLocalTenant(baseUrl: string): Promise<LocalTenantAccess> {
  const authorityMetadata = await readMetadata(baseUrl);
  let token: Promise<string> | undefined;
  return {
    authority: `${baseUrl.replace(/^http:/, 'https:')}/${tenant.id}`,
    authorityMetadata,
    graphBaseUrl: `${baseUrl}/graph/v1.0`,
    getToken: () => {
      token ??= signInAsAdministrator(authorityMetadata);
      return token;
    },
  };
}

/**
 * Connects `register` and `doctor` to a local tenant; see {@link accessLocalTenant}.
 *
 * @throws {LocalTenantUnreachableError} when nothing answers there.
 */
export async function connectToLocalTenant(baseUrl: string): Promise<TenantConnection> {
  const { authority, ...access } = await accessLocalTenant(baseUrl);
  return {
    ...access,
    kind: 'local',
    authorityUrl: new URL(authority).origin,
    tokenExchangeAudience: clouds.global.tokenExchangeAudience,
    signedInWith: () => 'administrator of the local tenant',
  };
}

async function readMetadata(baseUrl: string): Promise<AuthorityMetadata> {
  const url = `${baseUrl}/${tenant.id}/v2.0/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return metadataSchema.parse(await response.json());
  } catch {
    throw new LocalTenantUnreachableError(
      `No local tenant answers at ${baseUrl}. \`pnpm start\` starts one.`,
    );
  }
}

async function signInAsAdministrator(authorityMetadata: AuthorityMetadata): Promise<string> {
  const administrator = users.find(({ directoryRoles }) => directoryRoles.length > 0);
  if (!administrator) throw new Error('The local tenant has no administrator.');
  const { access_token } = await signInOverHttp({
    authorityMetadata,
    clientId: azureCliAppId,
    redirectUri: 'http://localhost',
    scopes: ['https://graph.microsoft.com/.default'],
    username: administrator.userPrincipalName,
    password,
  });
  return access_token;
}
