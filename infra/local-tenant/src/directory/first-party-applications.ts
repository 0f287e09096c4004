import { applicationPermissions, delegatedPermissions } from './microsoft-graph-permissions.ts';
import {
  type Application,
  applicationSchema,
  type ServicePrincipal,
  servicePrincipalSchema,
} from './schema.ts';

/** ID of Microsoft's own tenant, which owns the applications that every tenant has. */
export const firstPartyTenantId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

export const microsoftGraphAppId = '00000003-0000-0000-c000-000000000000';
export const azureCliAppId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/**
 * Scopes that Azure CLI may use without consent. Microsoft allows it more; registering apps needs only these. It does not
 * allow it to read authentication contexts: here it may, so that `doctor` can check them.
 */
const preAuthorizedForAzureCli = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'User.Read',
  'Application.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'AuthenticationContext.Read.All',
];

const createdDateTime = '2015-01-01T00:00:00Z';

/**
 * Applications that every tenant has from the start, with the same IDs everywhere: Microsoft Graph as a resource, and
 * Azure CLI as the public client with which a developer registers applications.
 */
export const firstPartyApplications: readonly {
  application: Application;
  servicePrincipal: ServicePrincipal;
}[] = [
  {
    application: applicationSchema.parse({
      id: 'b19d498e-6687-4156-869a-2e8a95a9d659',
      appId: microsoftGraphAppId,
      displayName: 'Microsoft Graph',
      createdDateTime,
      signInAudience: 'AzureADMultipleOrgs',
      identifierUris: ['https://graph.microsoft.com', 'https://graph.microsoft.com/'],
      api: {
        requestedAccessTokenVersion: 1,
        preAuthorizedApplications: [
          {
            appId: azureCliAppId,
            delegatedPermissionIds: delegatedPermissions
              .filter(({ value }) => preAuthorizedForAzureCli.includes(value))
              .map(({ id }) => id),
          },
        ],
        oauth2PermissionScopes: delegatedPermissions,
      },
      appRoles: applicationPermissions,
    }),
    servicePrincipal: servicePrincipalSchema.parse({
      id: 'c26550d6-bc82-4484-82ca-ac1c75308ca3',
      appId: microsoftGraphAppId,
      appOwnerOrganizationId: firstPartyTenantId,
    }),
  },
  {
    application: applicationSchema.parse({
      id: '2a1f3f0e-5d0f-4b58-9b41-1a5a3c7f1d11',
      appId: azureCliAppId,
      displayName: 'Microsoft Azure CLI',
      createdDateTime,
      signInAudience: 'AzureADMultipleOrgs',
      isFallbackPublicClient: true,
      publicClient: { redirectUris: ['http://localhost'] },
    }),
    servicePrincipal: servicePrincipalSchema.parse({
      id: 'a1a4d3a9-9c70-4bb2-a1c8-6f3d4e7f2b22',
      appId: azureCliAppId,
      appOwnerOrganizationId: firstPartyTenantId,
    }),
  },
];
