import type { Environment } from '@obo/app-registration';
import type { Configuration, WantedPort } from './configuration.ts';

type Environments = Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;

/** Adds what the apps need to run on a developer's machine. */
export function forDevelopment(
  { spa, middleTierApi, downstreamApi }: Environments,
  { metrics, dataDirectory }: Configuration,
): Environments {
  const development = (metricsPort: WantedPort | undefined): Environment => ({
    EXPLAIN_REFUSALS: 'true',
    METRICS_PORT: String(metricsPort?.port ?? ''),
  });
  return {
    spa,
    middleTierApi: { ...middleTierApi, ...development(metrics.middleTierApi) },
    downstreamApi: {
      ...downstreamApi,
      ...development(metrics.downstreamApi),
      DATA_DIRECTORY: `${dataDirectory}/downstream-api`,
    },
  };
}
