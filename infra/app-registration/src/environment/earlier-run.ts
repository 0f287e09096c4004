import { apisBehind, type ServedKey } from '../apps.ts';
import { type EnvironmentFiles, readEnvironment } from './environment-files.ts';

/** What the environment files say about the last run: options that are left out keep these values. */
export interface EarlierRun {
  tenantId: string | undefined;
  /** Origins of the SPA; empty when there are no files. */
  spaUrls: readonly string[];
  /** Origins of the APIs, and of the backend for frontend. */
  urls: Partial<Readonly<Record<ServedKey | 'bff', string>>>;
  /** Address of the MCP server. */
  mcpUrl: string | undefined;
  mobileRedirectUris: readonly string[] | undefined;
  allowedTenantIds: readonly string[] | undefined;
  credential:
    | { kind: 'secret' | 'certificate' }
    | { kind: 'managed-identity'; id: string }
    | { kind: 'workload-identity'; issuer: string; subject: string; audience: string; tokenFile: string }
    | undefined;
}

/** Variables that only `register` and `doctor` read: the middle tier does not need them. */
export const federationVariables = {
  issuer: 'FEDERATED_ISSUER',
  subject: 'FEDERATED_SUBJECT',
  audience: 'FEDERATED_AUDIENCE',
} as const;

/** Reads the options of the last run from the files that it wrote. */
export async function readEarlierRun(files: EnvironmentFiles): Promise<EarlierRun> {
  const middleTier = await readEnvironment(files.middleTierApi);
  const spa = await readEnvironment(files.spa);
  const { PUBLIC_URL: bffUrl } = await readEnvironment(files.bff);
  const listOf = (text: string | undefined) => text?.split(',').filter(Boolean);
  return {
    tenantId: middleTier.TENANT_ID,
    spaUrls: listOf(middleTier.ALLOWED_ORIGINS)?.filter((origin) => origin !== bffUrl) ?? [],
    urls: {
      ...(bffUrl !== undefined && { bff: bffUrl }),
      ...(spa.API_BASE_URL !== undefined && { middleTierApi: spa.API_BASE_URL }),
      ...Object.fromEntries(
        apisBehind.flatMap(({ key, urlVariable }) => {
          const url = middleTier[urlVariable];
          return url === undefined ? [] : [[key, url]];
        }),
      ),
    },
    mcpUrl: middleTier.MCP_URL,
    mobileRedirectUris: listOf((await readEnvironment(files.mobile)).REDIRECT_URIS),
    allowedTenantIds: listOf(middleTier.ALLOWED_TENANT_IDS),
    credential: credentialIn(middleTier),
  };
}

/** Reads which kind of credential the variables of an app name. */
export function credentialIn(variables: Readonly<Record<string, string>>): EarlierRun['credential'] {
  if (variables.CLIENT_SECRET !== undefined) return { kind: 'secret' };
  if (variables.CLIENT_CERTIFICATE_FILE !== undefined) return { kind: 'certificate' };
  if (variables.MANAGED_IDENTITY_CLIENT_ID !== undefined)
    return { kind: 'managed-identity', id: variables.MANAGED_IDENTITY_CLIENT_ID };
  const { AZURE_FEDERATED_TOKEN_FILE: tokenFile } = variables;
  const issuer = variables[federationVariables.issuer];
  const subject = variables[federationVariables.subject];
  const audience = variables[federationVariables.audience];
  if (tokenFile === undefined || issuer === undefined || subject === undefined || audience === undefined)
    return undefined;
  return { kind: 'workload-identity', issuer, subject, audience, tokenFile };
}
