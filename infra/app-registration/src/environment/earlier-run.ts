import { type EnvironmentFiles, readEnvironment } from './environment-files.ts';

/** What environment files of an earlier run say: a run that is told nothing else keeps to it. */
export interface Remembered {
  tenantId: string | undefined;
  /** Origins of the SPA; none when there are no files. */
  spaUrls: readonly string[];
  middleTierUrl: string | undefined;
  downstreamUrl: string | undefined;
  allowedTenantIds: readonly string[] | undefined;
  credential:
    | { kind: 'secret' | 'certificate' }
    | { kind: 'managed-identity'; id: string }
    | { kind: 'workload-identity'; issuer: string; subject: string; audience: string; tokenFile: string }
    | undefined;
}

/** Variables with which the files keep what the middle tier need not know. */
export const federationVariables = {
  issuer: 'FEDERATED_ISSUER',
  subject: 'FEDERATED_SUBJECT',
  audience: 'FEDERATED_AUDIENCE',
} as const;

export async function readRemembered(files: EnvironmentFiles): Promise<Remembered> {
  const middleTier = await readEnvironment(files.middleTierApi);
  const spa = await readEnvironment(files.spa);
  const listOf = (text: string | undefined) => text?.split(',').filter(Boolean);
  return {
    tenantId: middleTier.TENANT_ID,
    spaUrls: listOf(middleTier.ALLOWED_ORIGINS) ?? [],
    middleTierUrl: spa.API_BASE_URL,
    downstreamUrl: middleTier.DOWNSTREAM_API_BASE_URL,
    allowedTenantIds: listOf(middleTier.ALLOWED_TENANT_IDS),
    credential: credentialIn(middleTier),
  };
}

function credentialIn(variables: Readonly<Record<string, string>>): Remembered['credential'] {
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
