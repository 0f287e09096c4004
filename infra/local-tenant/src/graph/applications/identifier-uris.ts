import { tenant } from '../../directory/directory.ts';
import type { Application, DirectoryState } from '../../directory/schema.ts';
import { badRequest, conflict, GraphError, invalidValue } from '../graph-error.ts';

/**
 * Checks the identifier URIs that a change adds, not those the application already has:
 *
 * - They must be unique in the tenant, including deleted applications.
 * - The host of an `https:` URI must be a verified domain. Unlike Entra ID, this accepts localhost as well, where the
 *   API of a developer runs.
 * - Others must contain a verified domain, the tenant ID or the application ID, unless the application gets v2 tokens
 *   ("Restrictions on identifier URIs of Microsoft Entra applications").
 *
 * @throws {GraphError} 400 otherwise.
 */
export function checkIdentifierUris(
  after: Application,
  before: Application | null,
  state: DirectoryState,
): void {
  const added = after.identifierUris.filter((uri) => !before?.identifierUris.includes(uri));
  if (new Set(after.identifierUris).size !== after.identifierUris.length) {
    throw badRequest('Request contains a property with duplicate values.');
  }
  for (const uri of added) {
    if (!URL.canParse(uri) || uri.endsWith('/')) throw invalidValue('identifierUris', 'Application');
    const taken = [...state.applications, ...state.deletedApplications].some(
      ({ id, identifierUris }) =>
        id !== after.id && identifierUris.some((other) => other.toLowerCase() === uri.toLowerCase()),
    );
    if (taken) throw conflict('identifierUris');
    checkOwnership(uri, after);
  }
}

function checkOwnership(uri: string, { appId, api }: Application): void {
  const { protocol, hostname } = new URL(uri);
  const onVerifiedDomain = hostname === tenant.defaultDomain || hostname.endsWith(`.${tenant.defaultDomain}`);
  if (protocol === 'https:' || protocol === 'http:') {
    if (onVerifiedDomain || hostname === 'localhost') return;
    throw new GraphError(
      400,
      'HostNameNotOnVerifiedDomain',
      `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${uri}'`,
    );
  }
  const secure = onVerifiedDomain || uri.includes(appId) || uri.includes(tenant.id);
  if (secure || api.requestedAccessTokenVersion === 2) return;
  throw new GraphError(
    400,
    'InvalidUniqueTenantIdentifierAsPerAppPolicy',
    `Failed to add identifier URI ${uri}. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID, as per the default tenant policy of your organization. See https://aka.ms/identifier-uri-addition-error for more information on this error.`,
  );
}
