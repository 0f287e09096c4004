import { styleText } from 'node:util';
import { password, people } from '@obo/local-tenant';
import type { Part, PartName } from './configuration.ts';

/** What a person needs to know when everything answers. */
export function welcome(parts: Record<PartName, Part>): string[] {
  const width = Math.max(...people.map(({ mail }) => mail.length));
  return [
    '',
    styleText('bold', `Ready. Open ${parts.spa.url}`),
    '',
    `Sign in as one of these invented people. The password of each is ${styleText('bold', password)}`,
    '',
    ...people.map(({ mail, displayName, purpose }) => `  ${mail.padEnd(width)}  ${displayName}: ${purpose}`),
    '',
    'Ctrl-C stops everything. Delete the folder .data to start afresh.',
    '',
  ];
}
