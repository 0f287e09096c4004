import { z } from 'zod';

/**
 * Schemas of the directory's resources, with the names and shapes of Microsoft Graph v1.0 ("application",
 * "servicePrincipal", "oAuth2PermissionGrant", "conditionalAccessPolicy" resource types), reduced to the properties
 * that this tenant acts on.
 */
export const permissionScopeSchema = z.object({
  id: z.guid(),
  value: z.string(),
  type: z.enum(['User', 'Admin']).default('User'),
  isEnabled: z.boolean().default(true),
  adminConsentDisplayName: z.string().nullable().default(null),
  adminConsentDescription: z.string().nullable().default(null),
  userConsentDisplayName: z.string().nullable().default(null),
  userConsentDescription: z.string().nullable().default(null),
});
export type PermissionScope = z.infer<typeof permissionScopeSchema>;

export const appRoleSchema = z.object({
  id: z.guid(),
  value: z.string().nullable().default(null),
  displayName: z.string(),
  description: z.string(),
  isEnabled: z.boolean().default(true),
  allowedMemberTypes: z.array(z.enum(['User', 'Application'])),
});
export type AppRole = z.infer<typeof appRoleSchema>;

const optionalClaimSchema = z.object({
  name: z.string(),
  source: z.string().nullable().default(null),
  essential: z.boolean().default(false),
  additionalProperties: z.array(z.string()).default([]),
});

const redirectUris = z.object({ redirectUris: z.array(z.string()).default([]) });

/** An issuer and subject whose tokens authenticate the application ("federatedIdentityCredential resource type"). */
export const federatedIdentityCredentialSchema = z.object({
  id: z.guid(),
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  description: z.string().nullable().default(null),
  audiences: z.tuple([z.string()]),
});
export type FederatedIdentityCredential = z.infer<typeof federatedIdentityCredentialSchema>;

export const applicationSchema = z.object({
  id: z.guid(),
  appId: z.guid(),
  uniqueName: z.string().nullable().default(null),
  displayName: z.string().min(1).max(256),
  description: z.string().nullable().default(null),
  createdDateTime: z.string(),
  signInAudience: z
    .enum([
      'AzureADMyOrg',
      'AzureADMultipleOrgs',
      'AzureADandPersonalMicrosoftAccount',
      'PersonalMicrosoftAccount',
    ])
    .default('AzureADMyOrg'),
  isFallbackPublicClient: z.boolean().nullable().default(null),
  identifierUris: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  notes: z.string().nullable().default(null),
  api: z
    .object({
      requestedAccessTokenVersion: z
        .union([z.literal(1), z.literal(2)])
        .nullable()
        .default(null),
      acceptMappedClaims: z.boolean().nullable().default(null),
      knownClientApplications: z.array(z.guid()).default([]),
      oauth2PermissionScopes: z.array(permissionScopeSchema).default([]),
      preAuthorizedApplications: z
        .array(z.object({ appId: z.guid(), delegatedPermissionIds: z.array(z.guid()).default([]) }))
        .default([]),
    })
    .prefault({}),
  appRoles: z.array(appRoleSchema).default([]),
  optionalClaims: z
    .object({
      accessToken: z.array(optionalClaimSchema).default([]),
      idToken: z.array(optionalClaimSchema).default([]),
      saml2Token: z.array(optionalClaimSchema).default([]),
    })
    .nullable()
    .default(null),
  requiredResourceAccess: z
    .array(
      z.object({
        resourceAppId: z.guid(),
        resourceAccess: z.array(z.object({ id: z.guid(), type: z.enum(['Scope', 'Role']) })).default([]),
      }),
    )
    .default([]),
  spa: redirectUris.prefault({}),
  web: redirectUris
    .extend({
      homePageUrl: z.string().nullable().default(null),
      logoutUrl: z.string().nullable().default(null),
      implicitGrantSettings: z
        .object({
          enableAccessTokenIssuance: z.boolean().default(false),
          enableIdTokenIssuance: z.boolean().default(false),
        })
        .prefault({}),
    })
    .prefault({}),
  publicClient: redirectUris.prefault({}),
  passwordCredentials: z
    .array(
      z.object({
        keyId: z.guid(),
        displayName: z.string().nullable().default(null),
        hint: z.string(),
        startDateTime: z.string(),
        endDateTime: z.string(),
        /** SHA-256 of the secret, base64url. Graph never returns it; neither does this tenant. */
        secretDigest: z.string(),
      }),
    )
    .default([]),
  keyCredentials: z
    .array(
      z.object({
        keyId: z.guid(),
        displayName: z.string().nullable().default(null),
        type: z.string(),
        usage: z.string(),
        startDateTime: z.string().nullable().default(null),
        endDateTime: z.string().nullable().default(null),
        customKeyIdentifier: z.string().nullable().default(null),
        /** The certificate, DER in base64. */
        key: z.string().nullable().default(null),
      }),
    )
    .default([]),
  federatedIdentityCredentials: z.array(federatedIdentityCredentialSchema).default([]),
});
export type Application = z.infer<typeof applicationSchema>;

export const servicePrincipalSchema = z.object({
  id: z.guid(),
  appId: z.guid(),
  accountEnabled: z.boolean().default(true),
  /** Whether only assigned users and applications get tokens for it. */
  appRoleAssignmentRequired: z.boolean().default(false),
  appOwnerOrganizationId: z.guid(),
  tags: z.array(z.string()).default([]),
  /** Azure creates managed identities: service principals without an application. Nothing here does. */
  servicePrincipalType: z.enum(['Application', 'ManagedIdentity']).default('Application'),
});
export type ServicePrincipal = z.infer<typeof servicePrincipalSchema>;

export const permissionGrantSchema = z.object({
  id: z.string(),
  /** Object ID of the client's service principal. */
  clientId: z.guid(),
  consentType: z.enum(['AllPrincipals', 'Principal']),
  /** Object ID of the user; null for `AllPrincipals`. */
  principalId: z.guid().nullable().default(null),
  /** Object ID of the resource's service principal. */
  resourceId: z.guid(),
  /** Scope values, separated by spaces. */
  scope: z.string(),
});
export type PermissionGrant = z.infer<typeof permissionGrantSchema>;

export const conditionalAccessPolicySchema = z.object({
  id: z.guid(),
  displayName: z.string(),
  state: z.enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
  conditions: z.object({
    applications: z.object({ includeApplications: z.array(z.string()) }),
    users: z.object({ includeUsers: z.array(z.string()) }),
  }),
  grantControls: z.object({
    operator: z.enum(['AND', 'OR']),
    builtInControls: z.array(z.enum(['mfa', 'block'])),
  }),
});
export type ConditionalAccessPolicy = z.infer<typeof conditionalAccessPolicySchema>;

/** What a request can demand of the user ("authenticationContextClassReference resource type"). */
export const authenticationContextSchema = z.object({
  id: z.string().regex(/^c([1-9]|[1-9]\d)$/),
  displayName: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  /** Whether it is published to apps. */
  isAvailable: z.boolean().default(false),
});

/** The context that an administrator has set up in every local tenant. */
export const initialAuthenticationContexts = [
  authenticationContextSchema.parse({
    id: 'c1',
    displayName: 'Second factor',
    description: 'Requires a second factor',
    isAvailable: true,
  }),
];

export const appRoleAssignmentSchema = z.object({
  id: z.string(),
  /** Object ID of the user, or of the client's service principal. */
  principalId: z.guid(),
  /** Object ID of the resource's service principal. */
  resourceId: z.guid(),
  appRoleId: z.guid(),
});
export type AppRoleAssignment = z.infer<typeof appRoleAssignmentSchema>;

export const revocationSchema = z.object({
  /** Tokens issued before this time are revoked (Graph: `user.signInSessionsValidFromDateTime`). */
  signInSessionsValidFromDateTime: z.string(),
});

/** An event in a user's calendar ("event resource type"). Times are wall times in their time zone. */
export const calendarEventSchema = z.object({
  id: z.string(),
  /** Object ID of the user whose calendar has it. */
  userId: z.guid(),
  createdDateTime: z.string(),
  /** The application's own ID for the request that created it. */
  transactionId: z.string().nullable(),
  subject: z.string().max(255),
  body: z.object({ contentType: z.enum(['text', 'html']), content: z.string() }),
  start: z.object({ dateTime: z.string(), timeZone: z.string() }),
  end: z.object({ dateTime: z.string(), timeZone: z.string() }),
  isAllDay: z.boolean(),
  showAs: z.enum(['free', 'tentative', 'busy', 'oof', 'workingElsewhere']),
  isReminderOn: z.boolean(),
});
export type CalendarEvent = z.infer<typeof calendarEventSchema>;

/** What was changed about a user. */
const userChangesSchema = z.object({
  accountEnabled: z.boolean().optional(),
  /** SHA-256 of the password, base64url, if it is not the one that every user has. */
  passwordDigest: z.string().optional(),
});

export const directoryStateSchema = z.object({
  applications: z.array(applicationSchema).default([]),
  servicePrincipals: z.array(servicePrincipalSchema).default([]),
  /** Deleted objects, which keep their names and identifier URIs until they are deleted permanently. */
  deletedApplications: z.array(applicationSchema.extend({ deletedDateTime: z.string() })).default([]),
  deletedServicePrincipals: z
    .array(servicePrincipalSchema.extend({ deletedDateTime: z.string() }))
    .default([]),
  permissionGrants: z.array(permissionGrantSchema).default([]),
  appRoleAssignments: z.array(appRoleAssignmentSchema).default([]),
  conditionalAccessPolicies: z.array(conditionalAccessPolicySchema).default([]),
  authenticationContexts: z.array(authenticationContextSchema).default(initialAuthenticationContexts),
  /** Whether users may consent to permissions that no administrator has to grant. */
  usersMayConsent: z.boolean().default(true),
  revocations: z.record(z.guid(), revocationSchema).default({}),
  /** By object ID. */
  userChanges: z.record(z.guid(), userChangesSchema).default({}),
  calendarEvents: z.array(calendarEventSchema).default([]),
  /** Increases when every refresh token expires: those with a smaller number are expired. */
  refreshTokenGeneration: z.int().default(0),
  /** The failure that the failure lab has set up. */
  failure: z.object({ id: z.string(), setUpAt: z.string() }).nullable().default(null),
});
export type DirectoryState = z.infer<typeof directoryStateSchema>;
