import { isOnThisMachine } from '@obo/app-registration';
import type { Configuration } from '@obo/app-registration/command';
import type { Files } from '../files/read-files.ts';
import type { WantedPort } from './read-ports.ts';

interface Part extends Omit<WantedPort, 'port'> {
  key: 'spa' | 'middleTierApi' | 'downstreamApi';
  preset: number;
}

const parts: readonly Part[] = [
  {
    key: 'spa',
    purpose: 'the single-page application',
    variable: 'SPA_PORT',
    answers: 'configuration',
    preset: 3000,
  },
  {
    key: 'middleTierApi',
    purpose: 'the middle-tier API',
    variable: 'MIDDLE_TIER_API_PORT',
    answers: 'readiness',
    preset: 4000,
  },
  {
    key: 'downstreamApi',
    purpose: 'the downstream API',
    variable: 'DOWNSTREAM_API_PORT',
    answers: 'readiness',
    preset: 4100,
  },
];

/** A port, and the one at which the app is registered in a real tenant. */
export interface ConfiguredPort extends WantedPort {
  registered: number | null;
}

/**
 * The ports that `start` takes: for the local tenant those of the variables, for a real one those that are registered.
 * Apps that are registered for elsewhere take none here.
 */
export function wantedPorts(
  kind: 'local' | 'real',
  { urls, localTenantUrl }: Configuration,
  { environments }: Pick<Files, 'environments'>,
): ConfiguredPort[] {
  const { spa, middleTierApi, downstreamApi } = environments;
  const written = {
    spa: { port: spa.SPA_PORT, url: middleTierApi.ALLOWED_ORIGINS?.split(',').find(isHere) },
    middleTierApi: { port: middleTierApi.PORT, url: spa.API_BASE_URL },
    downstreamApi: { port: downstreamApi.PORT, url: middleTierApi.DOWNSTREAM_API_BASE_URL },
  };
  const ofApps = parts.flatMap(({ key, preset, ...part }): ConfiguredPort[] => {
    const { port, url } = written[key];
    const own = urls[key];
    const wanted = own === undefined ? undefined : Number(new URL(own).port || 80);
    const clientId = key === 'spa' ? spa.CLIENT_ID : undefined;
    if (kind === 'local') return [{ ...part, clientId, port: wanted ?? preset, registered: null }];
    if (port === undefined || url === undefined || !isHere(url)) return [];
    return [{ ...part, clientId, port: wanted ?? Number(port), registered: Number(port) }];
  });
  if (kind === 'real') return ofApps;
  const localTenant: ConfiguredPort = {
    port: Number(new URL(localTenantUrl).port || 80),
    purpose: 'the local tenant',
    variable: 'LOCAL_TENANT_PORT',
    answers: 'readiness',
    registered: null,
  };
  return [...ofApps, localTenant];
}

const isHere = (url: string): boolean => URL.canParse(url) && isOnThisMachine(url);
