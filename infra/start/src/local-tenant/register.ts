import { resolve } from 'node:path';
import {
  certificateFileIn,
  describeChanges,
  type Environment,
  environmentFilesIn,
  readEnvironment,
  register,
} from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import type { Configuration } from '../configuration.ts';

export interface RegisteredApps {
  environments: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** What was done, in lines for people. */
  summary: readonly string[];
}

/**
 * Registers the three apps in the local tenant and adds what each needs to run on this machine. The middle tier keeps a
 * certificate that `register` made; else it has a client secret.
 */
export async function registerInLocalTenant(
  tenantUrl: string,
  { parts, dataDirectory }: Configuration,
): Promise<RegisteredApps> {
  const environmentDirectory = `${dataDirectory}/env`;
  const middleTier = await readEnvironment(environmentFilesIn(environmentDirectory).middleTierApi);
  const file = resolve(certificateFileIn(environmentDirectory));
  const { changes, written, environments } = await register({
    ...(await accessLocalTenant(tenantUrl)),
    urls: {
      spa: parts.spa.url,
      middleTierApi: parts.middleTierApi.url,
      downstreamApi: parts.downstreamApi.url,
    },
    environmentDirectory,
    credential:
      middleTier.CLIENT_CERTIFICATE_FILE === undefined ? { kind: 'secret' } : { kind: 'certificate', file },
  });
  return {
    environments,
    summary: [...describeChanges(changes), ...written.map((file) => `wrote ${file}`)],
  };
}
