import type { AppKey, Environment } from '@obo/app-registration';
import { apisBehind } from '@obo/app-registration/apps';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Files } from './read-files.ts';

interface Agreement {
  left: [app: AppKey, variable: string];
  right: AppKey;
  /** Returns the value that the left variable must have, and the right variable that it follows from. */
  expected: (right: Environment) => { name: string; value: string | undefined };
  /** The left variable is a list that must contain the value. */
  isList?: boolean;
}

const same = (name: string) => (environment: Environment) => ({ name, value: environment[name] });
const appIdUri = ({ CLIENT_ID, APP_ID_URI }: Environment) =>
  APP_ID_URI
    ? { name: 'APP_ID_URI', value: APP_ID_URI }
    : { name: 'CLIENT_ID', value: CLIENT_ID && `api://${CLIENT_ID}` };

const agreements: readonly Agreement[] = [
  ...apisBehind.flatMap(({ key }): Agreement[] => [
    { left: [key, 'TENANT_ID'], right: 'middleTierApi', expected: same('TENANT_ID') },
    { left: [key, 'AUTHORITY'], right: 'middleTierApi', expected: same('AUTHORITY') },
    { left: [key, 'ALLOWED_CLIENT_IDS'], right: 'middleTierApi', expected: same('CLIENT_ID'), isList: true },
  ]),
  ...(['spa', 'cli', 'bff', 'mcpClient', 'mobile'] as const).flatMap((client): Agreement[] => [
    {
      left: ['middleTierApi', 'ALLOWED_CLIENT_IDS'],
      right: client,
      expected: same('CLIENT_ID'),
      isList: true,
    },
    { left: [client, 'API_APP_ID_URI'], right: 'middleTierApi', expected: appIdUri },
  ]),
  { left: ['mcpClient', 'MCP_URL'], right: 'middleTierApi', expected: same('MCP_URL') },
  { left: ['cli', 'API_BASE_URL'], right: 'spa', expected: same('API_BASE_URL') },
  { left: ['bff', 'API_BASE_URL'], right: 'spa', expected: same('API_BASE_URL') },
  {
    left: ['middleTierApi', 'ALLOWED_ORIGINS'],
    right: 'bff',
    expected: same('PUBLIC_URL'),
    isList: true,
  },
  { left: ['middleTierApi', 'PUBLIC_URL'], right: 'spa', expected: same('API_BASE_URL') },
  {
    left: ['middleTierApi', 'DOWNSTREAM_API_APP_ID_URI'],
    right: 'downstreamApi',
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
    const { name, value } = expected(environments[right]);
    if (!actual || !value) return [];
    const items = isList ? actual.split(',').map((item) => item.trim()) : [actual];
    if (items.includes(value)) return [];
    const verb = isList ? 'lacks' : 'is not';
    const problem = `${path(left[0])}: ${left[1]} ${verb} ${value}, which follows from ${name} in ${path(right)}. It is ${actual}.`;
    return [finding('environment_files_disagree', problem, `Write both again: \`${register}\`.`)];
  });
}
