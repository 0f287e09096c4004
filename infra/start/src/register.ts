import { describeChanges, type Environment, register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import type { Configuration, WantedPort } from './configuration.ts';

export interface RegisteredApps {
  environments: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** What was done, in lines for people. */
  summary: readonly string[];
}

/** Registers the three apps in the local tenant and adds what each needs to run on this machine. */
export async function registerInLocalTenant({
  parts,
  metrics,
  dataDirectory,
}: Configuration): Promise<RegisteredApps> {
  const { changes, written, environments } = await register({
    ...(await accessLocalTenant(parts.localTenant.url)),
    urls: {
      spa: parts.spa.url,
      middleTierApi: parts.middleTierApi.url,
      downstreamApi: parts.downstreamApi.url,
    },
    environmentDirectory: `${dataDirectory}/env`,
  });
  const development = (metricsPort: WantedPort | undefined): Environment => ({
    EXPLAIN_REFUSALS: 'true',
    METRICS_PORT: String(metricsPort?.port ?? ''),
  });
  return {
    environments: {
      spa: environments.spa,
      middleTierApi: { ...environments.middleTierApi, ...development(metrics.middleTierApi) },
      downstreamApi: {
        ...environments.downstreamApi,
        ...development(metrics.downstreamApi),
        DATA_DIRECTORY: `${dataDirectory}/downstream-api`,
      },
    },
    summary: [...describeChanges(changes), ...written.map((file) => `wrote ${file}`)],
  };
}
