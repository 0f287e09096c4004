import type { AuthenticatedClient } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { isAssigned } from '../scopes/app-roles.ts';
import { checkResourceParameter, readApplicationScope } from '../scopes/requested-scopes.ts';
import { signApplicationToken } from '../tokens/access-token.ts';
import { tokenLifetime } from './token-response.ts';

/** Issues a token for the client itself (RFC 6749 §4.4). Its permissions are the app roles assigned to it. */
export async function clientCredentialsGrant(
  entra: EntraServices,
  caller: AuthenticatedClient,
  parameters: Parameters,
): Promise<Record<string, unknown>> {
  if (caller.proof === '0') throw entraError(7000216, []);
  const scope = parameters.get('scope');
  if (scope === undefined) throw entraError(90014, ['scope']);
  const resource = readApplicationScope(entra.directory, scope);
  checkResourceParameter([resource], parameters.get('resource'));
  const { application, servicePrincipal } = caller.client;
  if (!isAssigned(entra.directory, resource, servicePrincipal.id)) {
    throw entraError(501051, [application.appId, application.displayName, resource.application.appId]);
  }
  entra.log({
    type: 'token',
    message: `for ${application.displayName} itself · ${resource.application.displayName} · ok`,
  });
  return {
    token_type: 'Bearer',
    ...tokenLifetime(entra),
    access_token: await signApplicationToken(entra, caller.client, caller.proof, resource),
  };
}
