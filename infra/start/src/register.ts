import { describeChanges, type Environment, register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import type { Part, PartName } from './configuration.ts';

export interface RegisteredApps {
  environments: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** What was done, in lines for people. */
  summary: readonly string[];
}

/** Registers the three apps in the local tenant and adds what each needs to run on this machine. */
export async function registerInLocalTenant(
  parts: Record<PartName, Part>,
  dataDirectory: string,
): Promise<RegisteredApps> {
  const { changes, written, environments } = await register({
    ...(await accessLocalTenant(parts.localTenant.url)),
    urls: {
      spa: parts.spa.url,
      middleTierApi: parts.middleTierApi.url,
      downstreamApi: parts.downstreamApi.url,
    },
    environmentDirectory: `${dataDirectory}/env`,
  });
  const development = { EXPLAIN_REFUSALS: 'true' };
  return {
    environments: {
      spa: environments.spa,
      middleTierApi: { ...environments.middleTierApi, ...development },
      downstreamApi: {
        ...environments.downstreamApi,
        ...development,
        DATA_DIRECTORY: `${dataDirectory}/downstream-api`,
      },
    },
    summary: [...describeChanges(changes), ...written.map((file) => `wrote ${file}`)],
  };
}
