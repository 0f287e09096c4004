import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { type RegisteredApps, StartError } from './configuration.ts';
import { print } from './print.ts';
import { Services } from './services.ts';

const command = new Command('pnpm start')
  .description(
    'Runs the apps with the local tenant, which stands in for Microsoft Entra ID and Microsoft Graph.',
  )
  .option('--tenant', 'run against the real tenant that `pnpm register` registered the apps in')
  .option('--name-prefix <prefix>', 'with --tenant: the set of apps with this prefix')
  .addHelpText(
    'after',
    '\nSPA_PORT, MIDDLE_TIER_API_PORT, DOWNSTREAM_API_PORT and LOCAL_TENANT_PORT set the ports.',
  )
  .parse();
const { tenant, namePrefix } = z
  .object({ tenant: z.boolean().default(false), namePrefix: z.string().optional() })
  .parse(command.opts());
if (namePrefix !== undefined && !tenant) command.error('error: --name-prefix requires --tenant');

const root = fileURLToPath(new URL('../../../', import.meta.url));
// biome-ignore lint/style/noProcessEnv: the one place where the environment is read
const environment = process.env;
// Node.js keeps compiled code there, which saves a third of the time that imports take.
const compileCache = environment.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/node');
enableCompileCache(compileCache);

const services = new Services({
  root,
  environment: { ...environment, NODE_COMPILE_CACHE: compileCache },
  onFailure: (reason) => void stop(1, reason),
});
let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  const registered = await registerApps();
  await startApps(registered);
  print(`\n${styleText('bold', `Ready. Open ${registered.configuration.urls.spa}`)}\n`);
  for (const line of registered.signInHelp) print(line);
  print('Ctrl-C stops everything.\n');
} catch (error) {
  await stop(
    1,
    error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error),
  );
}

/** Starts the local tenant and registers the apps in it, or uses what `register` wrote for a real tenant. */
async function registerApps(): Promise<RegisteredApps> {
  // Imported on demand, so that a fork can delete the local tenant, and `start` prints its first line at once.
  if (tenant) {
    const { readRegisteredApps } = await import('./real-tenant.ts');
    return readRegisteredApps(environment, root, namePrefix);
  }
  const { startLocalTenant } = await import('./local-tenant/start-local-tenant.ts');
  return startLocalTenant(services, environment, root);
}

/** Starts the two APIs and the SPA side by side. */
async function startApps({ configuration, environments }: RegisteredApps): Promise<void> {
  const { urls, metricsPorts, dataDirectory } = configuration;
  const watched = ['src', '../access-token/src', '../on-behalf-of/src', '../service-defaults/src'];
  await Promise.all([
    services.start({
      name: 'downstream-api',
      url: urls.downstreamApi,
      directory: 'apps/downstream-api',
      program: ['src/main.ts'],
      watched,
      environment: {
        ...environments.downstreamApi,
        EXPLAIN_REJECTIONS: 'true',
        METRICS_PORT: String(metricsPorts.downstreamApi ?? ''),
        DATA_DIRECTORY: `${dataDirectory}/downstream-api`,
      },
    }),
    services.start({
      name: 'middle-tier-api',
      url: urls.middleTierApi,
      directory: 'apps/middle-tier-api',
      program: ['src/main.ts'],
      watched,
      environment: {
        ...environments.middleTierApi,
        EXPLAIN_REJECTIONS: 'true',
        METRICS_PORT: String(metricsPorts.middleTierApi ?? ''),
      },
    }),
    services.start({
      name: 'spa',
      url: urls.spa,
      directory: 'apps/spa',
      program: ['node_modules/vite/bin/vite.js'],
      environment: { ...environments.spa, DATA_DIRECTORY: `${dataDirectory}/spa` },
    }),
  ]);
}

/** Stops all services and exits. */
function stop(exitCode: number, reason?: string): Promise<void> {
  stopping ??= (async () => {
    if (reason !== undefined) print(`\n${styleText('red', reason)}`);
    await services.stop();
    process.exit(exitCode);
  })();
  return stopping;
}
