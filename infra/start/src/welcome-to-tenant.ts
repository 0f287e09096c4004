import { styleText } from 'node:util';

/** What a person needs to know when everything answers, and the tenant is a real one. */
export const welcomeToTenant = (spaUrl: string, tenantId: string): string[] => [
  '',
  styleText('bold', `Ready. Open ${spaUrl}`),
  '',
  `Sign in with an account of your tenant, ${tenantId}.`,
  'Something does not work? npx -y pnpm@12 run doctor --tenant',
  '',
  'Ctrl-C stops everything.',
  '',
];
