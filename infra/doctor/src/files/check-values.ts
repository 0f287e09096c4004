import type { Environment } from '@obo/app-registration';
import { z } from 'zod';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';

const url = z.url({ protocol: /^https?$/, error: 'must be a URL' });
const guid = z.guid('must be a GUID');
const each = (schema: z.ZodType, error: string) =>
  z.string().refine((list) => list.split(',').every((item) => schema.safeParse(item).success), error);

/** What values the apps take: as they check them when they start. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  AUTHORITY: z.url({ protocol: /^https$/, error: 'must be an https URL that ends with the tenant' }),
  AUTHORITY_METADATA: z.string().refine(isJson, 'must be JSON'),
  TENANT_ID: z.guid('must be a GUID, not a domain name'),
  CLIENT_ID: guid,
  ALLOWED_CLIENT_IDS: each(guid, 'must be GUIDs, separated by commas'),
  ALLOWED_TENANT_IDS: each(guid, 'must be GUIDs, separated by commas'),
  ALLOWED_ORIGINS: each(url, 'must be origins, separated by commas'),
  API_BASE_URL: url,
  DOWNSTREAM_API_BASE_URL: url,
  GRAPH_BASE_URL: url,
};

/** Values that no app would start with. A missing one is not among them. */
export function checkValues(path: string, environment: Environment, { register }: Commands): Finding[] {
  return Object.entries(schemas).flatMap(([name, schema]) => {
    const value = environment[name];
    const result = value ? schema.safeParse(value) : undefined;
    if (result === undefined || result.success) return [];
    const problem = `${path}: ${name} ${result.error.issues[0]?.message ?? 'is wrong'}.`;
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
