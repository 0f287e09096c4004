import { styleText } from 'node:util';
import { password, users } from '@obo/local-tenant';

/** What a person needs to know when everything answers. */
export function welcome(spaUrl: string): string[] {
  const width = Math.max(...users.map(({ mail }) => mail.length));
  return [
    '',
    styleText('bold', `Ready. Open ${spaUrl}`),
    '',
    `Sign in as one of these invented people. The password of each is ${styleText('bold', password)}`,
    '',
    ...users.map(({ mail, displayName, purpose }) => `  ${mail.padEnd(width)}  ${displayName}: ${purpose}`),
    '',
    'Something does not work? npx -y pnpm@12 run doctor',
    'Ctrl-C stops everything. Delete the folder .data to start afresh.',
    '',
  ];
}
