import { fileURLToPath } from 'node:url';
import { environmentDirectory, environmentFilesIn, readEnvironment } from '@obo/app-registration';
import { createDownstreamApi, openDatabase, readConfiguration as readDownstream } from '@obo/downstream-api';
import { createMiddleTierApi, readConfiguration as readMiddleTier } from '@obo/middle-tier-api';
import { listen } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { serveSpa } from './serve-spa.ts';

/** The apps, against the real tenant that they are registered in. */
export interface TenantApps {
  spaUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the apps in this process from the files that `pnpm register` wrote, on the registered ports and with an
 * empty database.
 *
 * @param namePrefix Which set of apps, if there are several.
 * @throws {ConfigurationError} when the files are missing or not complete.
 */
export async function startTenantApps(namePrefix?: string): Promise<TenantApps> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const files = environmentFilesIn(root + environmentDirectory('real', namePrefix));
  const [spa, middleTierApi, downstreamApi] = await Promise.all([
    readEnvironment(files.spa),
    readEnvironment(files.middleTierApi),
    readEnvironment(files.downstreamApi),
  ]);

  const downstreamConfiguration = readDownstream(downstreamApi);
  const downstreamLogger = createTestLogger('downstream-api');
  const database = await openDatabase({ directory: null }, downstreamLogger);
  const downstream = createDownstreamApi({
    configuration: downstreamConfiguration,
    logger: downstreamLogger,
    database,
  });
  const middleTierConfiguration = readMiddleTier(middleTierApi);
  const middleTier = createMiddleTierApi(middleTierConfiguration, createTestLogger('middle-tier-api'));
  const servers = await Promise.all([
    listen(downstream.app, downstreamConfiguration),
    listen(middleTier.app, middleTierConfiguration),
  ]);
  const port = Number(spa.SPA_PORT);
  const site = await serveSpa(spa, port);
  return {
    spaUrl: `http://localhost:${port}`,
    async close() {
      await Promise.all([site.close(), ...servers.map((server) => server.close())]);
      await Promise.all([middleTier.close(), database.close()]);
    },
  };
}
