import { z } from 'zod';
import {
  type Part,
  parse,
  partAt,
  port,
  readConfiguration,
  type Variables,
  wantedPorts,
} from '../configuration.ts';
import { ensurePortsAreFree } from '../free-ports.ts';
import { say } from '../output.ts';
import type { Prepared, Surroundings } from '../prepare.ts';
import { registerInLocalTenant } from './register.ts';
import { welcome } from './welcome.ts';

const schema = z.object({ LOCAL_TENANT_PORT: port(4400) });

const readPart = (env: Variables): Part =>
  partAt(parse(schema, env), 'LOCAL_TENANT_PORT', {
    name: 'local-tenant',
    purpose: 'the local tenant (it stands in for Entra ID and Microsoft Graph)',
  });

/**
 * Starts the local tenant and registers the apps in it.
 *
 * @throws {StartError}
 */
export async function prepareLocalTenant({ root, environment, run }: Surroundings): Promise<Prepared> {
  const configuration = readConfiguration(environment, root);
  const tenant = readPart(environment);
  await ensurePortsAreFree([tenant, ...wantedPorts(configuration)]);
  const variables = {
    LOCAL_TENANT_PORT: String(tenant.port),
    LOCAL_TENANT_DATA_DIRECTORY: `${configuration.dataDirectory}/local-tenant`,
  };
  await run(tenant, 'infra/local-tenant', ['src/main.ts'], variables, '/readyz');
  say('app-registration: comparing the tenant with the description …');
  const { environments, summary } = await registerInLocalTenant(tenant.url, configuration);
  for (const line of summary) say(`app-registration: ${line}`);
  return { configuration, registered: environments, greeting: welcome(configuration.parts.spa.url) };
}
