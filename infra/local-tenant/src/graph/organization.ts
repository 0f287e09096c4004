import { Router } from 'express';
import { tenant } from '../directory/directory.ts';
import { applySelect, readQuery } from './odata-query.ts';
import { contextOf, sendJson } from './odata-response.ts';
import { type Permission, requirePermission } from './permissions.ts';

const readOrganization: Permission = {
  delegated: [
    'User.Read',
    'Organization.Read.All',
    'User.Read.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  application: ['Organization.Read.All', 'User.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};

const organization = {
  id: tenant.id,
  deletedDateTime: null,
  displayName: tenant.displayName,
  tenantType: 'AAD',
  verifiedDomains: [
    {
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: true,
      isInitial: true,
      name: tenant.defaultDomain,
      type: 'Managed',
    },
  ],
};

const shape = {
  type: 'organization',
  notKept: [
    'assignedPlans',
    'businessPhones',
    'city',
    'country',
    'countryLetterCode',
    'createdDateTime',
    'postalCode',
  ],
};

/** Serves `/organization` of Microsoft Graph v1.0 ("List organizations"): the tenant's name and domains. */
export function organizationRouter({ graphBaseUrl }: { graphBaseUrl: string }) {
  const router = Router();
  router.get('/organization', requirePermission(readOrganization), (request, response) => {
    const { select } = readQuery(request);
    sendJson(response, 200, {
      '@odata.context': contextOf(graphBaseUrl, 'organization', select, false),
      value: [applySelect(organization, select, shape)],
    });
  });
  return router;
}
