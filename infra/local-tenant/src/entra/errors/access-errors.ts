import type { ErrorRow } from './error-row.ts';

/** Errors about the resource, the scope, consent, or a Conditional Access policy. */
export const accessErrors = {
  28000: {
    error: 'invalid_request',
    text: (scope: string) =>
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
  },
  50076: {
    error: 'interaction_required',
    suberror: 'basic_action',
    text: (resourceAppId: string) =>
      `Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '${resourceAppId}'.`,
  },
  53003: {
    error: 'interaction_required',
    suberror: 'message_only',
    text: () =>
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  50105: {
    error: 'access_denied',
    text: (name: string, appId: string, account: string) =>
      `Your administrator has configured the application ${name} ('${appId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '${account}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.`,
  },
  501051: {
    error: 'invalid_grant',
    text: (appId: string, name: string, resource: string) =>
      `Application '${appId}'(${name}) is not assigned to a role for the application '${resource}'.`,
  },
  500011: {
    error: 'invalid_resource',
    text: (resource: string, tenant: string) =>
      `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  },
  500014: {
    error: 'invalid_resource',
    text: (resource: string) =>
      `The service principal for resource '${resource}' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.`,
  },
  65001: {
    error: 'invalid_grant',
    suberror: 'consent_required',
    text: (appId: string, name: string) =>
      `The user or administrator has not consented to use the application with ID '${appId}' named '${name}'. Send an interactive authorization request for this user and resource.`,
  },
  65002: {
    error: 'invalid_client',
    text: (appId: string, resourceAppId: string) =>
      `Consent between first party application '${appId}' and first party resource '${resourceAppId}' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API.`,
  },
  650052: {
    error: 'invalid_client',
    text: (service: string, organization: string) =>
      `The app is trying to access a service '${service}' that your organization '${organization}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.`,
  },
  650053: {
    error: 'invalid_client',
    text: (name: string, scope: string, resource: string) =>
      `The application '${name}' asked for scope '${scope}' that doesn't exist on the resource '${resource}'. Contact the app vendor.`,
  },
  650057: {
    error: 'invalid_resource',
    text: (appId: string, name: string, resource: string, resourceAppId: string, registered: string) =>
      `Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${appId}(${name}). Resource value from request: ${resource}. Resource app ID: ${resourceAppId}. List of valid resources from app registration: ${registered}.`,
  },
  70011: {
    error: 'invalid_scope',
    text: (reason: string) =>
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. ${reason}`,
  },
  90009: {
    error: 'invalid_request',
    text: (appId: string, name: string) =>
      `Application '${appId}'(${name}) is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier.`,
  },
  1002012: {
    error: 'invalid_scope',
    text: (scope: string) =>
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  },
} satisfies Record<number, ErrorRow>;
