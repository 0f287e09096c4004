import { describeChanges, type Environment, register } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import type { Configuration } from '../configuration.ts';

export interface RegisteredApps {
  environments: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** What was done, in lines for people. */
  summary: readonly string[];
}

/** Registers the three apps in the local tenant and adds what each needs to run on this machine. */
export async function registerInLocalTenant(
  tenantUrl: string,
  { parts, dataDirectory }: Configuration,
): Promise<RegisteredApps> {
  const { changes, written, environments } = await register({
    ...(await accessLocalTenant(tenantUrl)),
    urls: {
      spa: parts.spa.url,
      middleTierApi: parts.middleTierApi.url,
      downstreamApi: parts.downstreamApi.url,
    },
    environmentDirectory: `${dataDirectory}/env`,
  });
  return {
    environments,
    summary: [...describeChanges(changes), ...written.map((file) => `wrote ${file}`)],
  };
}
