import { type Directory, firstPartyTenantId, tenant } from '../../directory/directory.ts';
import type { Application, ServicePrincipal } from '../../directory/schema.ts';
import { entraError } from '../errors/entra-error.ts';
import { isGuid } from '../parameters.ts';

/** An application with its service principal. */
export interface Client {
  application: Application;
  servicePrincipal: ServicePrincipal;
}

/**
 * Finds the client by its `client_id`.
 *
 * @throws {EntraError} 900144 if it is missing, 700038 if it is not a GUID, 700016 if it is unknown, 7000112 if it is
 *   disabled.
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

/**
 * Tells whether Microsoft owns the application. Such applications get access by preauthorization only, never by
 * consent.
 */
export const isFirstParty = ({ servicePrincipal }: Client): boolean =>
  servicePrincipal.appOwnerOrganizationId === firstPartyTenantId;
