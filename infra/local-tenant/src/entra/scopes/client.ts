import { type Directory, firstPartyTenantId, tenant } from '../../directory/directory.ts';
import type { Application, ServicePrincipal } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import { isGuid } from '../parameters.ts';

/** The application that asks, as the tenant knows it. */
export interface Client {
  application: Application;
  servicePrincipal: ServicePrincipal;
}

/**
 * Finds the client that `client_id` names.
 *
 * @throws {EntraError} 900144 when it is missing, 700038 when it is no GUID, 700016 when nobody has it,
 *   7000112 when it is disabled.
 */
export function findClient(directory: Directory, clientId: string | undefined): Client {
  if (!clientId) throw entraError(900144, ['client_id']);
  if (!isGuid(clientId)) throw entraError(700038, [clientId]);
  const application = directory.findApplication(clientId.toLowerCase());
  const servicePrincipal = application && directory.findServicePrincipal(application.appId);
  if (!servicePrincipal) throw entraError(700016, [clientId, tenant.displayName]);
  if (!servicePrincipal.accountEnabled)
    throw entraError(7000112, [application.appId, application.displayName]);
  return { application, servicePrincipal };
}

/** Microsoft's own applications get nothing by consent, only by preauthorisation. */
export const isFirstParty = ({ servicePrincipal }: Client): boolean =>
  servicePrincipal.appOwnerOrganizationId === firstPartyTenantId;
