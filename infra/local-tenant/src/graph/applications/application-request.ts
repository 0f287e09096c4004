import { z } from 'zod';
import { applicationSchema, appRoleSchema, permissionScopeSchema } from '../../directory/schema.ts';
import type { ResourceShape } from '../request-body.ts';

const uris = z.array(z.string());
const redirectUris = z.strictObject({ redirectUris: uris });

const optionalClaims = z.array(
  z.strictObject({
    name: z.string().min(1),
    source: z.string().nullable().default(null),
    essential: z.boolean().default(false),
    additionalProperties: z.array(z.string()).default([]),
  }),
);

/** A key credential in a request: new with its certificate (DER in base64), or unchanged without it. */
const keyCredential = z.strictObject({
  keyId: z.guid().optional(),
  type: z.literal('AsymmetricX509Cert'),
  usage: z.literal('Verify'),
  key: z.base64().nullable().default(null),
  displayName: z.string().max(90).nullable().default(null),
  customKeyIdentifier: z.string().nullable().default(null),
  startDateTime: z.iso.datetime({ offset: true }).nullable().default(null),
  endDateTime: z.iso.datetime({ offset: true }).nullable().default(null),
});

/**
 * The body of `POST /applications` and `PATCH /applications/{id}`. Every property is optional; unknown ones are
 * rejected.
 */
export const applicationRequestSchema = z
  .strictObject({
    uniqueName: z.string().min(1).max(120).nullable(),
    displayName: applicationSchema.shape.displayName,
    description: z.string().max(1024).nullable(),
    notes: z.string().nullable(),
    signInAudience: applicationSchema.shape.signInAudience.unwrap(),
    isFallbackPublicClient: z.boolean().nullable(),
    identifierUris: uris,
    tags: z.array(z.string().min(1).max(256)),
    api: z
      .strictObject({
        requestedAccessTokenVersion: z.union([z.literal(1), z.literal(2)]).nullable(),
        acceptMappedClaims: z.boolean().nullable(),
        knownClientApplications: z.array(z.guid()),
        oauth2PermissionScopes: z.array(permissionScopeSchema.strict()),
        preAuthorizedApplications: z.array(
          z.strictObject({ appId: z.guid(), delegatedPermissionIds: z.array(z.guid()).default([]) }),
        ),
      })
      .partial(),
    appRoles: z.array(appRoleSchema.strict()),
    optionalClaims: z
      .strictObject({ accessToken: optionalClaims, idToken: optionalClaims, saml2Token: optionalClaims })
      .partial()
      .nullable(),
    requiredResourceAccess: z.array(
      z.strictObject({
        resourceAppId: z.guid(),
        resourceAccess: z
          .array(z.strictObject({ id: z.guid(), type: z.enum(['Scope', 'Role']) }))
          .default([]),
      }),
    ),
    spa: redirectUris.partial(),
    web: z
      .strictObject({
        redirectUris: uris,
        homePageUrl: z.url().nullable(),
        logoutUrl: z.url().nullable(),
        implicitGrantSettings: z.strictObject({
          enableAccessTokenIssuance: z.boolean().default(false),
          enableIdTokenIssuance: z.boolean().default(false),
        }),
      })
      .partial(),
    publicClient: redirectUris.partial(),
    keyCredentials: z.array(keyCredential),
    passwordCredentials: z.unknown(),
  })
  .partial();

export type ApplicationRequest = z.infer<typeof applicationRequestSchema>;

export const applicationShape: ResourceShape = {
  resource: 'Application',
  readOnly: ['id', 'appId', 'createdDateTime', 'deletedDateTime', 'publisherDomain', 'applicationTemplateId'],
  notKept: [
    'addIns',
    'authenticationBehaviors',
    'certification',
    'defaultRedirectUri',
    'disabledByMicrosoftStatus',
    'groupMembershipClaims',
    'info',
    'isDeviceOnlyAuthSupported',
    'logo',
    'nativeAuthenticationApisEnabled',
    'oauth2RequirePostResponse',
    'parentalControlSettings',
    'requestSignatureVerification',
    'samlMetadataUrl',
    'serviceManagementReference',
    'servicePrincipalLockConfiguration',
    'tokenEncryptionKeyId',
    'verifiedPublisher',
  ],
};
