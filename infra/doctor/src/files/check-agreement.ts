import type { AppKey } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Files } from './read-files.ts';

type Place = [app: AppKey, variable: string];

interface Agreement {
  left: Place;
  right: Place;
  /** Returns the value that the left variable must have. */
  expected: (right: string) => string;
  /** The left variable is a list that must contain the value. */
  isList?: boolean;
}

const same = (value: string): string => value;
const appIdUri = (clientId: string): string => `api://${clientId}`;

const agreements: readonly Agreement[] = [
  { left: ['downstreamApi', 'TENANT_ID'], right: ['middleTierApi', 'TENANT_ID'], expected: same },
  { left: ['downstreamApi', 'AUTHORITY'], right: ['middleTierApi', 'AUTHORITY'], expected: same },
  {
    left: ['middleTierApi', 'ALLOWED_CLIENT_IDS'],
    right: ['spa', 'CLIENT_ID'],
    expected: same,
    isList: true,
  },
  {
    left: ['downstreamApi', 'ALLOWED_CLIENT_IDS'],
    right: ['middleTierApi', 'CLIENT_ID'],
    expected: same,
    isList: true,
  },
  { left: ['spa', 'API_APP_ID_URI'], right: ['middleTierApi', 'CLIENT_ID'], expected: appIdUri },
  {
    left: ['middleTierApi', 'DOWNSTREAM_API_APP_ID_URI'],
    right: ['downstreamApi', 'CLIENT_ID'],
    expected: appIdUri,
  },
];

/** Checks that the files agree about each app. */
export function checkAgreement(
  { files, environments }: Pick<Files, 'files' | 'environments'>,
  { register }: Commands,
): Finding[] {
  const path = (app: AppKey) => files.find(({ key }) => key === app)?.path ?? app;
  return agreements.flatMap(({ left, right, expected, isList = false }) => {
    const actual = environments[left[0]][left[1]];
    const given = environments[right[0]][right[1]];
    if (!actual || !given) return [];
    const value = expected(given);
    if (isList ? actual.split(',').includes(value) : actual === value) return [];
    const verb = isList ? 'lacks' : 'is not';
    const problem = `${path(left[0])}: ${left[1]} ${verb} ${value}, which follows from ${right[1]} in ${path(right[0])}. It is ${actual}.`;
    return [finding('environment_files_disagree', problem, `Write both again: \`${register}\`.`)];
  });
}
