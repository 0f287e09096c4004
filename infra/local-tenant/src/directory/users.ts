import { readFileSync } from 'node:fs';

/** A user of the tenant: the properties of Microsoft Graph's `user` resource, plus what sign-in needs. */
export interface User {
  id: string;
  userPrincipalName: string;
  displayName: string;
  givenName: string;
  surname: string;
  mail: string;
  jobTitle: string | null;
  department: string | null;
  officeLocation: string | null;
  preferredLanguage: string | null;
  accountEnabled: boolean;
  userType: 'Member' | 'Guest';
  /** Object ID of the manager. */
  managerId: string | null;
  /** IDs of the role templates (`wids` claim). */
  directoryRoles: readonly string[];
  /** ID of the tenant that signs the user in: another tenant for a guest. */
  homeTenantId: string;
  /** One line for developers: when to use this user. */
  purpose: string;
}

/** The password of every user. It protects nothing: the tenant listens on loopback and its users are invented. */
export const password = 'local-password';

/** IDs of role templates, the same in every tenant ("Microsoft Entra built-in roles"). */
export const directoryRoleTemplates = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  applicationAdministrator: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  cloudApplicationAdministrator: '158c047a-c907-4556-b7ef-446551a6b5f7',
} as const;

/** Tells whether the user may consent to delegated permissions for the whole organization. */
export const isAdministrator = (user: User): boolean =>
  Object.values(directoryRoleTemplates).some((role) => user.directoryRoles.includes(role));

/** Sizes of the stored photos, in pixels. */
export const photoSizes = ['240x240', '96x96'] as const;

/** Reads a user's photo (JPEG), or returns `undefined` if there is none. */
export function photoOf(userId: string, size: (typeof photoSizes)[number] = '240x240'): Buffer | undefined {
  const name = size === '240x240' ? userId : `${userId}-${size}`;
  try {
    return readFileSync(new URL(`photos/${name}.jpg`, import.meta.url));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const contoso = '5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30';
const fabrikam = 'c9a4e6d1-27b8-4f35-8e0c-51d3b7a2f964';

const head = '0d6f3b58-91c2-4a7e-b3f4-6c2e8d15a907';
const manager = '7b1e4c93-5a28-4d60-8f17-e9a3c6b2d054';

/** The six users of the tenant, one for each case that an application has to handle. */
export const users: readonly User[] = [
  {
    id: manager,
    userPrincipalName: 'priya.raman@contoso.example',
    displayName: 'Priya Raman',
    givenName: 'Priya',
    surname: 'Raman',
    mail: 'priya.raman@contoso.example',
    jobTitle: 'Engineering Manager',
    department: 'Engineering',
    officeLocation: 'Lisbon/3.12',
    preferredLanguage: 'en-GB',
    accountEnabled: true,
    userType: 'Member',
    managerId: head,
    directoryRoles: [],
    homeTenantId: contoso,
    purpose: 'Manages others and has a manager. Start with her.',
  },
  {
    id: 'e4a9270c-36d5-4b81-9c0f-2f7d1b86e35a',
    userPrincipalName: 'lukasz.dabrowski@contoso.example',
    displayName: 'Łukasz Dąbrowski',
    givenName: 'Łukasz',
    surname: 'Dąbrowski',
    mail: 'lukasz.dabrowski@contoso.example',
    jobTitle: 'Software Engineer',
    department: 'Platform',
    officeLocation: 'Gdańsk/1.04',
    preferredLanguage: 'pl-PL',
    accountEnabled: true,
    userType: 'Member',
    managerId: manager,
    directoryRoles: [],
    homeTenantId: contoso,
    purpose: 'Has a name with characters outside Latin-1.',
  },
  {
    id: head,
    userPrincipalName: 'amara.okafor@contoso.example',
    displayName: 'Amara Okafor',
    givenName: 'Amara',
    surname: 'Okafor',
    mail: 'amara.okafor@contoso.example',
    jobTitle: 'Managing Director',
    department: 'Executive Office',
    officeLocation: 'Lisbon/5.01',
    preferredLanguage: 'en-US',
    accountEnabled: true,
    userType: 'Member',
    managerId: null,
    directoryRoles: [],
    homeTenantId: contoso,
    purpose: 'Has no manager: her leave is approved automatically.',
  },
  {
    id: '93c5d7e2-0b4f-4e16-a8d9-47f1e0c62b3d',
    userPrincipalName: 'mateo.quispe_fabrikam.example#EXT#@contoso.example',
    displayName: 'Mateo Quispe',
    givenName: 'Mateo',
    surname: 'Quispe',
    mail: 'mateo.quispe@fabrikam.example',
    jobTitle: 'Integration Consultant',
    department: 'Partners',
    officeLocation: null,
    preferredLanguage: 'es-PE',
    accountEnabled: true,
    userType: 'Guest',
    managerId: manager,
    directoryRoles: [],
    homeTenantId: fabrikam,
    purpose: 'A guest from another tenant. Signs in with the mail address.',
  },
  {
    id: '2a8f61b4-d7e3-4905-8b6c-90e5c3d17f42',
    userPrincipalName: 'kwame.mensah@contoso.example',
    displayName: 'Kwame Mensah',
    givenName: 'Kwame',
    surname: 'Mensah',
    mail: 'kwame.mensah@contoso.example',
    jobTitle: 'Identity Engineer',
    department: 'Information Technology',
    officeLocation: 'Lisbon/1.20',
    preferredLanguage: 'en-GB',
    accountEnabled: true,
    userType: 'Member',
    managerId: head,
    directoryRoles: [directoryRoleTemplates.globalAdministrator],
    homeTenantId: contoso,
    purpose: 'The administrator: registers apps and consents for everyone.',
  },
  {
    id: 'b6e0d49a-8f12-4c73-95a1-3d7c2e8b0f65',
    userPrincipalName: 'hana.sato@contoso.example',
    displayName: 'Hana Sato',
    givenName: 'Hana',
    surname: 'Sato',
    mail: 'hana.sato@contoso.example',
    jobTitle: 'Support Specialist',
    department: 'Customer Care',
    officeLocation: 'Osaka/2.07',
    preferredLanguage: 'ja-JP',
    accountEnabled: false,
    userType: 'Member',
    managerId: manager,
    directoryRoles: [],
    homeTenantId: contoso,
    purpose: 'Her account is disabled: she cannot sign in.',
  },
];
