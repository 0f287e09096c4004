export const microsoftGraphAppId = '00000003-0000-0000-c000-000000000000';

/** IDs of the delegated permissions in the description ("Microsoft Graph permissions reference"). */
export const microsoftGraphScopeIds: Readonly<Record<string, string>> = {
  openid: '37f7f235-527c-4136-accd-4a02d197296e',
  profile: '14dad69e-099b-42c9-810b-d002981feec1',
  offline_access: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
  'User.Read': 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
  'User.ReadBasic.All': 'b340eb25-3456-403f-be2f-af7a0d370277',
};
