import type { AppKey } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Files } from './read-files.ts';

type Place = [app: AppKey, variable: string];

interface Agreement {
  left: Place;
  right: Place;
  /** What must be there on the left, given what is there on the right. */
  wants: (right: string) => string;
  /** The left side is a list that must have it. */
  isList?: boolean;
}

const same = (value: string): string => value;
const appIdUri = (clientId: string): string => `api://${clientId}`;

const agreements: readonly Agreement[] = [
  { left: ['downstreamApi', 'TENANT_ID'], right: ['middleTierApi', 'TENANT_ID'], wants: same },
  { left: ['downstreamApi', 'AUTHORITY'], right: ['middleTierApi', 'AUTHORITY'], wants: same },
  {
    left: ['middleTierApi', 'ALLOWED_CLIENT_IDS'],
    right: ['spa', 'CLIENT_ID'],
    wants: same,
    isList: true,
  },
  {
    left: ['downstreamApi', 'ALLOWED_CLIENT_IDS'],
    right: ['middleTierApi', 'CLIENT_ID'],
    wants: same,
    isList: true,
  },
  { left: ['spa', 'API_APP_ID_URI'], right: ['middleTierApi', 'CLIENT_ID'], wants: appIdUri },
  {
    left: ['middleTierApi', 'DOWNSTREAM_API_APP_ID_URI'],
    right: ['downstreamApi', 'CLIENT_ID'],
    wants: appIdUri,
  },
];

/** Looks whether what one file says of an app is what the file of that app says. */
export function checkAgreement(
  { files, environments }: Pick<Files, 'files' | 'environments'>,
  { register }: Commands,
): Finding[] {
  const path = (app: AppKey) => files.find(({ key }) => key === app)?.path ?? app;
  return agreements.flatMap(({ left, right, wants, isList = false }) => {
    const has = environments[left[0]][left[1]];
    const given = environments[right[0]][right[1]];
    if (!has || !given) return [];
    const wanted = wants(given);
    if (isList ? has.split(',').includes(wanted) : has === wanted) return [];
    const verb = isList ? 'lacks' : 'is not';
    const problem = `${path(left[0])}: ${left[1]} ${verb} ${wanted}, as ${right[1]} in ${path(right[0])} has it. It is ${has}.`;
    return [finding('environment_files_disagree', problem, `Write both again: \`${register}\`.`)];
  });
}
