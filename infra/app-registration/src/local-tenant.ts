import { azureCliAppId, password, signInOverHttp, tenant, users } from '@obo/local-tenant';
import { z } from 'zod';
import { ExpectedError } from './expected-error.ts';

const metadataSchema = z.object({
  issuer: z.url(),
  jwks_uri: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  end_session_endpoint: z.url(),
});

/** The local tenant, seen as the program sees any tenant: a token source, a Graph, and an authority. */
export interface TenantAccess {
  authority: string;
  authorityMetadata: z.infer<typeof metadataSchema>;
  graphBaseUrl: string;
  getToken: () => Promise<string>;
}

/** The local tenant did not answer. */
export class LocalTenantUnreachableError extends ExpectedError {
  override readonly name = 'LocalTenantUnreachableError';
}

/**
 * Reads what a local tenant says of itself. The token is the administrator's, got by signing in on the tenant's
 * pages with the client that Azure CLI is.
 *
 * @param baseUrl Origin of the local tenant, e.g. `http://localhost:4400`.
 * @throws {LocalTenantUnreachableError}
 */
export async function accessLocalTenant(baseUrl: string): Promise<TenantAccess> {
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

async function readMetadata(baseUrl: string) {
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

async function signInAsAdministrator(authorityMetadata: z.infer<typeof metadataSchema>): Promise<string> {
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
