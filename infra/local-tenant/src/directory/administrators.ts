import type { User } from './users.ts';

/** Role template ids, the same in every tenant ("Microsoft Entra built-in roles"). */
export const directoryRoleTemplates = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  applicationAdministrator: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  cloudApplicationAdministrator: '158c047a-c907-4556-b7ef-446551a6b5f7',
} as const;

/** Whether the user may consent to delegated permissions for the whole organization. */
export const isAdministrator = (user: User): boolean =>
  Object.values(directoryRoleTemplates).some((role) => user.directoryRoles.includes(role));
