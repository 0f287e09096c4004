import { accessTokenVariables } from '@obo/access-token/policy';
import { type AppKey, type Environment, missingVariables } from '@obo/app-registration';
import { apisBehind, requiredApps } from '@obo/app-registration/apps';
import { z } from 'zod';
import type { Commands } from '../commands.ts';
import { type Finding, finding, type Observation, orPassed, passed } from '../finding.ts';
import { checkAgreement } from './check-agreement.ts';
import { checkCredentialFiles } from './check-credential-files.ts';
import type { EnvironmentFile, Files } from './read-files.ts';

/** Checks the environment files by themselves, without the tenant. */
export function checkFiles(files: Files, commands: Commands, now: Date): Observation[] {
  const { directory } = files;
  if (files.files.every(({ state }) => state === 'missing')) {
    const problem = `There are no environment files in ${directory}.`;
    return [finding('environment_files_missing', problem, `Write them: \`${writeCommand(commands)}\`.`)];
  }
  return [
    ...files.files.filter(isExpected).flatMap((file) => checkFile(file, files, commands)),
    ...orPassed(checkAgreement(files, commands), 'The files name the same tenant and the same apps'),
    ...checkCredentialFiles(files, commands, now),
  ];
}

/** An app that is not registered needs no file. */
const isExpected = ({ key, state }: EnvironmentFile): boolean =>
  state !== 'missing' || requiredApps.some((app) => app.key === key);

function checkFile(file: EnvironmentFile, { environments }: Files, commands: Commands): Observation[] {
  const { key, path, state, mode } = file;
  const fix = `Write it again: \`${writeCommand(commands)}\`.`;
  if (state === 'missing') return [finding('environment_file_missing', `There is no ${path}.`, fix)];
  if (state === 'unreadable') {
    const problem = `${path} cannot be read.`;
    const ownIt = 'Make it a file that you own, or delete it and register again.';
    return [finding('environment_file_unreadable', problem, ownIt)];
  }
  const findings: Finding[] = [];
  const missing = missingVariables(key, environments[key]);
  if (missing.length > 0)
    findings.push(finding('environment_file_incomplete', `${path} lacks ${missing.join(', ')}.`, fix));
  findings.push(...checkValues(key, path, environments[key], commands));
  if (mode !== null && (mode & 0o077) !== 0) {
    const problem = `Other users can read ${path} (mode ${mode.toString(8)}, expected 600).`;
    findings.push(finding('environment_file_readable_by_others', problem, `\`chmod 600 ${path}\``));
  }
  return findings.length === 0 ? [passed(`${path} is complete`)] : findings;
}

const writeCommand = ({ register, start }: Commands): string =>
  register.includes('--local') ? start : register;

const url = z.url({ protocol: /^https?$/, error: 'must be a URL' });
const guid = z.guid('must be a GUID');
const listOf = (schema: z.ZodType, error: string) =>
  z.string().refine((list) => list.split(',').every((item) => schema.safeParse(item.trim()).success), error);

/** Values that the apps accept when they start. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  AUTHORITY: z.url({ protocol: /^https$/, error: 'must be an https URL that ends with the tenant' }),
  AUTHORITY_METADATA: z.string().refine(isJson, 'must be JSON'),
  TENANT_ID: z.guid('must be a GUID, not a domain name'),
  CLIENT_ID: guid,
  ALLOWED_CLIENT_IDS: listOf(guid, 'must be GUIDs, separated by commas'),
  ALLOWED_TENANT_IDS: listOf(guid, 'must be GUIDs, separated by commas'),
  ALLOWED_ORIGINS: listOf(url, 'must be origins, separated by commas'),
  API_BASE_URL: url,
  ...Object.fromEntries(apisBehind.map(({ urlVariable }) => [urlVariable, url])),
  PUBLIC_URL: url,
  MCP_URL: url,
  GRAPH_BASE_URL: url,
};

/** Unlike a client, an API has a tenant. */
const { AUTHORITY, ISSUER_V1, APP_ID_URI } = accessTokenVariables;
const apiSchemas = { ...schemas, AUTHORITY, ISSUER_V1, APP_ID_URI };

/** Reports values with which an app would not start. */
function checkValues(key: AppKey, path: string, environment: Environment, { register }: Commands): Finding[] {
  return Object.entries(
    ['spa', 'cli', 'bff', 'mcpClient', 'mobile'].includes(key) ? schemas : apiSchemas,
  ).flatMap(([name, schema]) => {
    const value = environment[name];
    const result = value ? schema.safeParse(value) : undefined;
    if (result === undefined || result.success) return [];
    const problem = `${path}: ${name} ${result.error.issues[0]?.message ?? 'is invalid'}.`;
    return [finding('environment_value_invalid', problem, `Write it again: \`${register}\`.`)];
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
