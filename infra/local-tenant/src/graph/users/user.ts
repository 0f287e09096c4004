import type { User } from '../../directory/users.ts';

/** Properties that `GET /users/{id}` returns without `$select` ("Get a user", "Default properties"). */
export const defaultProperties = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
] as const;

/** Properties that `User.ReadBasic.All` shows (Microsoft Graph permissions reference). Others are null. */
const basicProperties = new Set(['displayName', 'givenName', 'id', 'mail', 'surname', 'userPrincipalName']);

/** Properties of Graph's `user` that this tenant does not store. */
export const notKept = [
  'aboutMe',
  'ageGroup',
  'assignedLicenses',
  'assignedPlans',
  'birthday',
  'city',
  'companyName',
  'country',
  'createdDateTime',
  'creationType',
  'deletedDateTime',
  'employeeHireDate',
  'employeeId',
  'employeeOrgData',
  'employeeType',
  'externalUserState',
  'faxNumber',
  'hireDate',
  'identities',
  'imAddresses',
  'interests',
  'lastPasswordChangeDateTime',
  'legalAgeGroupClassification',
  'mailNickname',
  'mySite',
  'onPremisesExtensionAttributes',
  'onPremisesImmutableId',
  'onPremisesSamAccountName',
  'onPremisesSyncEnabled',
  'otherMails',
  'passwordPolicies',
  'passwordProfile',
  'postalCode',
  'preferredName',
  'proxyAddresses',
  'responsibilities',
  'schools',
  'securityIdentifier',
  'signInActivity',
  'skills',
  'state',
  'streetAddress',
  'usageLocation',
];

/** Represents a user as Graph's `user` resource. */
export function representUser(
  user: User,
  signInSessionsValidFromDateTime: string | null,
): Record<string, unknown> {
  const {
    homeTenantId: _home,
    managerId: _manager,
    purpose: _purpose,
    directoryRoles: _roles,
    ...shown
  } = user;
  return { ...shown, businessPhones: [], mobilePhone: null, signInSessionsValidFromDateTime };
}

/** Blanks properties that `User.ReadBasic.All` does not show. */
export function reduceToBasic(user: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(user).map(([name, value]) => [
      name,
      basicProperties.has(name) ? value : Array.isArray(value) ? [] : null,
    ]),
  );
}
