import { resolve } from 'node:path';
import { environmentDirectory } from '@obo/app-registration';
import { readConfiguration, wantedPorts } from './configuration.ts';
import { ensurePortsAreFree } from './free-ports.ts';
import type { Prepared, Surroundings } from './prepare.ts';
import { readRegistered } from './registered-files.ts';
import { welcomeToTenant } from './welcome-to-tenant.ts';

/**
 * Takes what `register` wrote for a real tenant.
 *
 * @throws {StartError}
 */
export async function prepareRealTenant({ root, environment, namePrefix }: Surroundings): Promise<Prepared> {
  const directory = environment.ENVIRONMENT_DIRECTORY ?? environmentDirectory('real', namePrefix);
  const { environments, ports, tenantId } = await readRegistered(resolve(root, directory), environment);
  const configuration = readConfiguration({ ...environment, ...ports }, root);
  await ensurePortsAreFree(wantedPorts(configuration));
  const greeting = welcomeToTenant(configuration.parts.spa.url, tenantId);
  return { configuration, registered: environments, greeting };
}
