import { z } from 'zod';
import {
  localUrl,
  parseVariables,
  port,
  portsIn,
  type RegisteredApps,
  readConfiguration,
  type Variables,
} from '../configuration.ts';
import { lockDataDirectory } from '../data-directory.ts';
import { ensurePortsAreFree } from '../free-ports.ts';
import type { Services } from '../services.ts';
import { localTenantKeys } from './keys.ts';

const schema = z.object({ LOCAL_TENANT_PORT: port.default(4400).describe('Port for the local tenant') });

/**
 * Starts the local tenant and registers the apps in it.
 *
 * @param root The repository's folder.
 * @param bff Whether the backend for frontend is to run.
 * @throws {StartError} when a variable is invalid, a port is taken, another `start` uses the data directory, or the local
 *   tenant does not start.
 */
export async function startLocalTenant(
  services: Services,
  env: Variables,
  root: string,
  bff: boolean,
): Promise<RegisteredApps> {
  const configuration = readConfiguration(env, root, bff);
  const variables = parseVariables(schema, env);
  await ensurePortsAreFree([...configuration.ports, ...portsIn(schema, variables)]);
  lockDataDirectory(configuration.dataDirectory);

  const url = localUrl(variables.LOCAL_TENANT_PORT);
  const [{ registerInLocalTenant, describeMcpServer, describeUsers }] = await Promise.all([
    // Loaded while the local tenant starts.
    import('./register.ts'),
    services.start({
      name: 'local-tenant',
      url,
      directory: 'infra/local-tenant',
      program: ['src/main.ts'],
      environment: {
        LOCAL_TENANT_PORT: String(variables.LOCAL_TENANT_PORT),
        LOCAL_TENANT_DATA_DIRECTORY: `${configuration.dataDirectory}/local-tenant`,
        OTEL_EXPORTER_OTLP_ENDPOINT: configuration.collector ?? '',
      },
      isController: true,
    }),
  ]);
  const environments = await registerInLocalTenant(url, configuration);
  const requests = { REQUEST_URL: `${url}/#conversation/{correlationId}` };
  return {
    configuration,
    environments: {
      ...environments,
      spa: { ...environments.spa, ...requests },
      bff: { ...environments.bff, ...requests },
    },
    signInHelp: [...describeUsers(url), describeMcpServer(environments.mcpClient)],
    // Its control room shows them.
    collector: configuration.collector ?? url,
    keys: localTenantKeys(url, environments),
  };
}
