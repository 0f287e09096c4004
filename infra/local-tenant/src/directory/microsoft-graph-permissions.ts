import { appRoleSchema, permissionScopeSchema } from './schema.ts';

const scope = (values: object) => permissionScopeSchema.parse(values);
const role = (values: object) => appRoleSchema.parse({ ...values, allowedMemberTypes: ['Application'] });

/**
 * Delegated permissions for Microsoft Graph that this project uses, with the IDs and texts of every tenant (Microsoft
 * Graph permissions reference).
 */
export const delegatedPermissions = [
  scope({
    id: '37f7f235-527c-4136-accd-4a02d197296e',
    value: 'openid',
    type: 'User',
    adminConsentDisplayName: 'Sign users in',
    adminConsentDescription:
      'Allows users to sign in to the app with their work or school accounts and allows the app to see basic user profile information.',
    userConsentDisplayName: 'Sign in as you',
    userConsentDescription:
      'Allows you to sign in to the app with your work or school account and allows the app to read your basic profile information.',
  }),
  scope({
    id: '14dad69e-099b-42c9-810b-d002981feec1',
    value: 'profile',
    type: 'User',
    adminConsentDisplayName: "View users' basic profile",
    adminConsentDescription:
      "Allows the app to see your users' basic profile (e.g., name, picture, user name, email address)",
    userConsentDisplayName: 'View your basic profile',
    userConsentDescription:
      'Allows the app to see your basic profile (e.g., name, picture, user name, email address)',
  }),
  scope({
    id: '64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0',
    value: 'email',
    type: 'User',
    adminConsentDisplayName: "View users' email address",
    adminConsentDescription: "Allows the app to read your users' primary email address",
    userConsentDisplayName: 'View your email address',
    userConsentDescription: 'Allows the app to read your primary email address',
  }),
  scope({
    id: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
    value: 'offline_access',
    type: 'User',
    adminConsentDisplayName: 'Maintain access to data you have given it access to',
    adminConsentDescription:
      'Allows the app to see and update the data you gave it access to, even when users are not currently using the app. This does not give the app any additional permissions.',
    userConsentDisplayName: 'Maintain access to data you have given it access to',
    userConsentDescription:
      'Allows the app to see and update the data you gave it access to, even when you are not currently using the app. This does not give the app any additional permissions.',
  }),
  scope({
    id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
    value: 'User.Read',
    type: 'User',
    adminConsentDisplayName: 'Sign in and read user profile',
    adminConsentDescription:
      'Allows users to sign-in to the app, and allows the app to read the profile of signed-in users. It also allows the app to read basic company information of signed-in users.',
    userConsentDisplayName: 'Sign you in and read your profile',
    userConsentDescription:
      'Allows you to sign in to the app with your organizational account and let the app read your profile. It also allows the app to read basic company information.',
  }),
  scope({
    id: '465a38f9-76ea-45b9-9f34-9e8b0d4b0b42',
    value: 'Calendars.Read',
    type: 'User',
    adminConsentDisplayName: 'Read user calendars',
    adminConsentDescription: 'Allows the app to read events in user calendars.',
    userConsentDisplayName: 'Read your calendars',
    userConsentDescription: 'Allows the app to read events in your calendars.',
  }),
  scope({
    id: '1ec239c2-d7c9-4623-a91a-a9775856bb36',
    value: 'Calendars.ReadWrite',
    type: 'User',
    adminConsentDisplayName: 'Have full access to user calendars',
    adminConsentDescription: 'Allows the app to create, read, update, and delete events in user calendars.',
    userConsentDisplayName: 'Have full access to your calendars',
    userConsentDescription: 'Allows the app to create, read, update, and delete events in your calendars.',
  }),
  scope({
    id: 'b340eb25-3456-403f-be2f-af7a0d370277',
    value: 'User.ReadBasic.All',
    type: 'User',
    adminConsentDisplayName: "Read all users' basic profiles",
    adminConsentDescription:
      'Allows the app to read a basic set of profile properties of other users in your organization on behalf of the signed-in user. This includes display name, first and last name, email address, photo, id and security identifier. Also allows the app to read the full profile of the signed-in user.',
    userConsentDisplayName: "Read all users' basic profiles",
    userConsentDescription:
      'Allows the app to read a basic set of profile properties of other users in your organization on your behalf. Includes display name, first and last name, email address, photo, id and security identifier. Also allows the app to read the full profile of the signed-in user.',
  }),
  scope({
    id: 'a154be20-db9c-4678-8ab7-66f6cc099a59',
    value: 'User.Read.All',
    type: 'Admin',
    adminConsentDisplayName: "Read all users' full profiles and company properties",
    adminConsentDescription:
      'Allows the app to read the full set of user properties of all users in the organization and read company properties, on behalf of the signed-in user.',
    userConsentDisplayName: "Read all users' full profiles and company properties",
    userConsentDescription:
      'Allows the app to read the full set of user properties of all users in the organization and read company properties, on your behalf.',
  }),
  scope({
    id: 'fc30e98b-8810-4501-81f5-c20a3196387b',
    value: 'User.RevokeSessions.All',
    type: 'Admin',
    adminConsentDisplayName: 'Revoke all sign in sessions for a user',
    adminConsentDescription:
      'Allow the app to revoke all sign in sessions for a user, on behalf of a signed-in user.',
    userConsentDisplayName: 'Revokes all sign in sessions for a user',
    userConsentDescription: 'Allow the app to revoke all sign in sessions for a user on your behalf.',
  }),
  scope({
    id: '4908d5b9-3fb2-4b1e-9336-1888b7937185',
    value: 'Organization.Read.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read organization information',
    adminConsentDescription:
      'Allows the app to read the organization and related resources, on behalf of the signed-in user. Related resources include things like subscribed skus and tenant branding information.',
    userConsentDisplayName: 'Read organization information',
    userConsentDescription:
      'Allows the app to read the organization and related resources, on your behalf. Related resources include things like subscribed skus and tenant branding information.',
  }),
  scope({
    id: 'c79f8feb-a9db-4090-85f9-90d820caa0eb',
    value: 'Application.Read.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read applications',
    adminConsentDescription:
      'Allows the app to read applications and service principals on behalf of the signed-in user.',
    userConsentDisplayName: 'Read applications',
    userConsentDescription: 'Allows the app to read applications and service principals on your behalf.',
  }),
  scope({
    id: 'bdfbf15f-ee85-4955-8675-146e8e5296b5',
    value: 'Application.ReadWrite.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read and write all applications',
    adminConsentDescription:
      'Allows the app to create, read, update and delete applications and service principals on behalf of the signed-in user. Does not allow management of consent grants.',
    userConsentDisplayName: 'Read and write applications',
    userConsentDescription:
      'Allows the app to create, read, update and delete applications and service principals on your behalf. Does not allow management of consent grants.',
  }),
  scope({
    id: 'a197cdc4-a8e8-4d49-9d35-4ca7c83887b4',
    value: 'DelegatedPermissionGrant.Read.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read delegated permission grants',
    adminConsentDescription:
      'Allows the app to read delegated permission grants, on behalf of the signed in user.',
    userConsentDisplayName: 'Read delegated permission grants',
    userConsentDescription: 'Allows the app to read delegated permission grants, on your behalf.',
  }),
  scope({
    id: '41ce6ca6-6826-4807-84f1-1c82854f7ee5',
    value: 'DelegatedPermissionGrant.ReadWrite.All',
    type: 'Admin',
    adminConsentDisplayName: 'Manage all delegated permission grants',
    adminConsentDescription:
      'Allows the app to manage permission grants for delegated permissions exposed by any API (including Microsoft Graph), on behalf of the signed in user.',
    userConsentDisplayName: 'Manage all delegated permission grants',
    userConsentDescription:
      'Allows the app to manage permission grants for delegated permissions exposed by any API (including Microsoft Graph), on your behalf.',
  }),
  scope({
    id: '06da0dbc-49e2-44d2-8312-53f166ab848a',
    value: 'Directory.Read.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read directory data',
    adminConsentDescription:
      "Allows the app to read data in your organization's directory, such as users, groups and apps.",
    userConsentDisplayName: 'Read directory data',
    userConsentDescription: "Allows the app to read data in your organization's directory.",
  }),
  scope({
    id: 'c5366453-9fb0-48a5-a156-24f0c49a4b84',
    value: 'Directory.ReadWrite.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read and write directory data',
    adminConsentDescription:
      "Allows the app to read and write data in your organization's directory, such as users, and groups.  It does not allow the app to delete users or groups, or reset user passwords.",
    userConsentDisplayName: 'Read and write directory data',
    userConsentDescription:
      "Allows the app to read and write data in your organization's directory, such as other users, groups.  It does not allow the app to delete users or groups, or reset user passwords.",
  }),
  scope({
    id: '572fea84-0151-49b2-9301-11cb16974376',
    value: 'Policy.Read.All',
    type: 'Admin',
    adminConsentDisplayName: "Read your organization's policies",
    adminConsentDescription:
      "Allows the app to read your organization's policies on behalf of the signed-in user.",
    userConsentDisplayName: "Read your organization's policies",
    userConsentDescription: "Allows the app to read your organization's policies on your behalf.",
  }),
  scope({
    id: '57b030f1-8c35-469c-b0d9-e4a077debe70',
    value: 'AuthenticationContext.Read.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read all authentication context information',
    adminConsentDescription:
      'Allows the app to read all authentication context information in your organization on behalf of the signed-in user.',
  }),
  scope({
    id: 'ba6d575a-1344-4516-b777-1404f5593057',
    value: 'AuthenticationContext.ReadWrite.All',
    type: 'Admin',
    adminConsentDisplayName: 'Read and write all authentication context information',
    adminConsentDescription:
      'Allows the app to read and update all authentication context information in your organization on behalf of the signed-in user.',
  }),
  scope({
    id: 'ad902697-1014-4ef5-81ef-2b4301988e8c',
    value: 'Policy.ReadWrite.ConditionalAccess',
    type: 'Admin',
    adminConsentDisplayName: "Read and write your organization's conditional access policies",
    adminConsentDescription:
      "Allows the app to read and write your organization's conditional access policies on behalf of the signed-in user.",
    userConsentDisplayName: "Read and write your organization's conditional access policies",
    userConsentDescription:
      "Allows the app to read and write your organization's conditional access policies on your behalf.",
  }),
];

/** Application permissions for Microsoft Graph that this project uses (Microsoft Graph permissions reference). */
export const applicationPermissions = [
  role({
    id: 'df021288-bdef-4463-88db-98f22de89214',
    value: 'User.Read.All',
    displayName: "Read all users' full profiles and company properties",
    description:
      'Allows the app to read the full set of user properties of all users in the organization and read company properties without a signed in user.',
  }),
  role({
    id: '97235f07-e226-4f63-ace3-39588e11d3a1',
    value: 'User.ReadBasic.All',
    displayName: "Read all users' basic profiles",
    description:
      'Allows the app to read a basic set of profile properties of users in your organization, without a signed-in user. This includes display name, first and last name, email address, photo, id and security identifier.',
  }),
  role({
    id: '77f3a031-c388-4f99-b373-dc68676a979e',
    value: 'User.RevokeSessions.All',
    displayName: 'Revoke all sign in sessions for a user',
    description: 'Allow the app to revoke all sign in sessions for a user, without a signed-in user.',
  }),
  role({
    id: '498476ce-e0fe-48b0-b801-37ba7e2685c6',
    value: 'Organization.Read.All',
    displayName: 'Read organization information',
    description:
      'Allows the app to read the organization and related resources, without a signed-in user. Related resources include things like subscribed skus and tenant branding information.',
  }),
  role({
    id: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
    value: 'Application.Read.All',
    displayName: 'Read all applications',
    description: 'Allows the app to read all applications and service principals without a signed-in user.',
  }),
  role({
    id: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
    value: 'Application.ReadWrite.All',
    displayName: 'Read and write all applications',
    description:
      'Allows the app to create, read, update and delete applications and service principals without a signed-in user.  Does not allow management of consent grants.',
  }),
  role({
    id: '18a4783c-866b-4cc7-a460-3d5e5662c884',
    value: 'Application.ReadWrite.OwnedBy',
    displayName: 'Manage apps that this app creates or owns',
    description:
      'Allows the app to create other applications, and fully manage those applications (read, update, update application secrets and delete), without a signed-in user.  It cannot update any apps that it is not an owner of.',
  }),
  role({
    id: '81b4724a-58aa-41c1-8a55-84ef97466587',
    value: 'DelegatedPermissionGrant.Read.All',
    displayName: 'Read all delegated permission grants',
    description: 'Allows the app to read all delegated permission grants, without a signed-in user.',
  }),
  role({
    id: '8e8e4742-1d95-4f68-9d56-6ee75648c72a',
    value: 'DelegatedPermissionGrant.ReadWrite.All',
    displayName: 'Manage all delegated permission grants',
    description:
      'Allows the app to manage permission grants for delegated permissions exposed by any API (including Microsoft Graph), without a signed-in user.',
  }),
  role({
    id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
    value: 'Directory.Read.All',
    displayName: 'Read directory data',
    description:
      "Allows the app to read data in your organization's directory, such as users, groups and apps, without a signed-in user.",
  }),
  role({
    id: '19dbc75e-c2e2-444c-a770-ec69d8559fc7',
    value: 'Directory.ReadWrite.All',
    displayName: 'Read and write directory data',
    description:
      "Allows the app to read and write data in your organization's directory, such as users, and groups, without a signed-in user.  Does not allow user or group deletion.",
  }),
  role({
    id: '246dd0d5-5bd0-4def-940b-0421030a5b68',
    value: 'Policy.Read.All',
    displayName: "Read your organization's policies",
    description: "Allows the app to read all your organization's policies without a signed in user.",
  }),
  role({
    id: '01c0a623-fc9b-48e9-b794-0756f8e8f067',
    value: 'Policy.ReadWrite.ConditionalAccess',
    displayName: "Read and write your organization's conditional access policies",
    description:
      "Allows the app to read and write your organization's conditional access policies, without a signed-in user.",
  }),
];
