import { isOnThisMachine } from '@obo/app-registration';
import { apisBehind, portVariable, servedApps } from '@obo/app-registration/apps';
import type { Configuration } from '@obo/app-registration/command';
import type { Files } from '../files/read-files.ts';
import type { ServicePort } from './read-ports.ts';

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
  const { spa, middleTierApi } = environments;
  const registeredUrls: Readonly<Record<string, string | undefined>> = {
    spa: middleTierApi.ALLOWED_ORIGINS?.split(',').find(isHere),
    middleTierApi: spa.API_BASE_URL,
    ...Object.fromEntries(apisBehind.map(({ key, urlVariable }) => [key, middleTierApi[urlVariable]])),
  };
  const appPorts = servedApps.flatMap((app): ConfiguredPort[] => {
    const { key } = app;
    const service = {
      purpose: `the ${app.title}`,
      variable: portVariable(app),
      answers: key === 'spa' ? ('configuration' as const) : ('readiness' as const),
    };
    const port = key === 'spa' ? spa.SPA_PORT : environments[key].PORT;
    const url = registeredUrls[key];
    const configuredUrl = urls[key];
    const configured = configuredUrl === undefined ? undefined : Number(new URL(configuredUrl).port || 80);
    const clientId = key === 'spa' ? spa.CLIENT_ID : undefined;
    if (kind === 'local') return [{ ...service, clientId, port: configured ?? app.port, registered: null }];
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
