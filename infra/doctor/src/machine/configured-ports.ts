import { isOnThisMachine } from '@obo/app-registration';
import type { Configuration } from '@obo/app-registration/command';
import type { Files } from '../files/read-files.ts';
import type { ServicePort } from './read-ports.ts';

interface Service extends Omit<ServicePort, 'port'> {
  key: 'spa' | 'middleTierApi' | 'downstreamApi';
  defaultPort: number;
}

const services: readonly Service[] = [
  {
    key: 'spa',
    purpose: 'the single-page application',
    variable: 'SPA_PORT',
    answers: 'configuration',
    defaultPort: 3000,
  },
  {
    key: 'middleTierApi',
    purpose: 'the middle-tier API',
    variable: 'MIDDLE_TIER_API_PORT',
    answers: 'readiness',
    defaultPort: 4000,
  },
  {
    key: 'downstreamApi',
    purpose: 'the downstream API',
    variable: 'DOWNSTREAM_API_PORT',
    answers: 'readiness',
    defaultPort: 4100,
  },
];

/** A port, and the one at which the app is registered in a real tenant. */
export interface ConfiguredPort extends ServicePort {
  registered: number | null;
}

/**
 * Lists the ports that `start` uses: with the local tenant those in the variables, with a real one the registered ones.
 * Apps that are registered at another host use none here.
 */
export function configuredPorts(
  kind: 'local' | 'real',
  { urls, localTenantUrl }: Configuration,
  { environments }: Pick<Files, 'environments'>,
): ConfiguredPort[] {
  const { spa, middleTierApi, downstreamApi } = environments;
  const fromFiles = {
    spa: { port: spa.SPA_PORT, url: middleTierApi.ALLOWED_ORIGINS?.split(',').find(isHere) },
    middleTierApi: { port: middleTierApi.PORT, url: spa.API_BASE_URL },
    downstreamApi: { port: downstreamApi.PORT, url: middleTierApi.DOWNSTREAM_API_BASE_URL },
  };
  const appPorts = services.flatMap(({ key, defaultPort, ...service }): ConfiguredPort[] => {
    const { port, url } = fromFiles[key];
    const configuredUrl = urls[key];
    const configured = configuredUrl === undefined ? undefined : Number(new URL(configuredUrl).port || 80);
    const clientId = key === 'spa' ? spa.CLIENT_ID : undefined;
    if (kind === 'local')
      return [{ ...service, clientId, port: configured ?? defaultPort, registered: null }];
    if (port === undefined || url === undefined || !isHere(url)) return [];
    return [{ ...service, clientId, port: configured ?? Number(port), registered: Number(port) }];
  });
  if (kind === 'real') return appPorts;
  const localTenant: ConfiguredPort = {
    port: Number(new URL(localTenantUrl).port || 80),
    purpose: 'the local tenant',
    variable: 'LOCAL_TENANT_PORT',
    answers: 'readiness',
    registered: null,
  };
  return [...appPorts, localTenant];
}

const isHere = (url: string): boolean => URL.canParse(url) && isOnThisMachine(url);
