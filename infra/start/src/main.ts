import { execFile } from 'node:child_process';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, styleText } from 'node:util';
import { apisBehind } from '@obo/app-registration/apps';
import { Command } from 'commander';
import { z } from 'zod';
import { type RegisteredApps, StartError, type Variables } from './configuration.ts';
import { type Key, readKeys } from './keys.ts';
import { print } from './print.ts';
import { Services } from './services.ts';
import { readTokenCacheKeys } from './token-cache-keys.ts';

const command = new Command('pnpm start')
  .description(
    'Runs the apps with the local tenant, which stands in for Microsoft Entra ID and Microsoft Graph.',
  )
  .option('--tenant', 'run against the real tenant that `pnpm register` registered the apps in')
  .option('--bff', 'also run the backend for frontend, which keeps the tokens of the SPA on a server')
  .option('--name-prefix <prefix>', 'with --tenant: the set of apps with this prefix')
  .addHelpText(
    'after',
    '\nSPA_PORT, MIDDLE_TIER_API_PORT, DOWNSTREAM_API_PORT, BFF_PORT and LOCAL_TENANT_PORT set the ports.',
  )
  .parse();
const { tenant, bff, namePrefix } = z
  .object({
    tenant: z.boolean().default(false),
    bff: z.boolean().default(false),
    namePrefix: z.string().optional(),
  })
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
let closeKeys: (() => void) | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  const registered = await registerApps();
  await startApps(registered);
  const { bffUrl, urls } = registered.configuration;
  const { spa } = urls;
  print(`\n${styleText('bold', `Ready. Open ${spa}`)}\n`);
  if (bffUrl !== undefined) print(`The same with tokens on the server: ${styleText('bold', bffUrl)}\n`);
  for (const line of registered.signInHelp) print(line);
  closeKeys = readKeys(
    process.stdin,
    [openBrowser(spa), ...registered.keys, downstreamApiKey()],
    () => void stop(0),
  );
  print(`Ctrl-C stops everything${closeKeys ? ', and h shows the other keys' : ''}.\n`);
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
    return readRegisteredApps(environment, root, namePrefix, bff);
  }
  const { startLocalTenant } = await import('./local-tenant/start-local-tenant.ts');
  return startLocalTenant(services, environment, root, bff);
}

/** Starts the APIs and the SPA side by side, and the backend for frontend if it is to run. */
async function startApps({ configuration, environments, collector }: RegisteredApps): Promise<void> {
  const { urls, bffUrl, metricsPorts, dataDirectory } = configuration;
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: collector };
  const watched = ['src', '../access-token/src', '../on-behalf-of/src', '../service-defaults/src'];
  await Promise.all([
    ...apisBehind.map(({ key, name }) =>
      services.start({
        name,
        url: urls[key],
        directory: `apps/${name}`,
        program: ['src/main.ts'],
        watched,
        environment: {
          ...environments[key],
          ...traces,
          EXPLAIN_REJECTIONS: 'true',
          METRICS_PORT: String(metricsPorts[key] ?? ''),
          DATA_DIRECTORY: `${dataDirectory}/${name}`,
        },
        canBeStopped: true,
      }),
    ),
    services.start({
      name: 'middle-tier-api',
      url: urls.middleTierApi,
      directory: 'apps/middle-tier-api',
      program: ['src/main.ts'],
      watched,
      environment: {
        ...environments.middleTierApi,
        ...traces,
        EXPLAIN_REJECTIONS: 'true',
        METRICS_PORT: String(metricsPorts.middleTierApi ?? ''),
        PUBLIC_URL: urls.middleTierApi,
        TOKEN_CACHE_KEYS: readTokenCacheKeys(dataDirectory),
        DATA_DIRECTORY: `${dataDirectory}/middle-tier-api`,
      },
    }),
    services.start({
      name: 'spa',
      url: urls.spa,
      directory: 'apps/spa',
      program: ['node_modules/vite/bin/vite.js'],
      environment: {
        ...environments.spa,
        ...traces,
        CALENDAR: 'true',
        DATA_DIRECTORY: `${dataDirectory}/spa`,
      },
    }),
    ...(bffUrl === undefined ? [] : [startBff(bffUrl, environments.bff, traces, dataDirectory)]),
  ]);
}

/** Builds the SPA for it, then starts the backend for frontend. */
async function startBff(
  url: string,
  variables: Variables,
  traces: Variables,
  dataDirectory: string,
): Promise<void> {
  const directory = join(dataDirectory, 'bff/spa');
  print('bff: building the SPA …');
  await promisify(execFile)(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--outDir', directory, '--emptyOutDir'],
    { cwd: join(root, 'apps/spa'), env: { ...environment, VITE_TOKENS: 'server' } },
  );
  await services.start({
    name: 'bff',
    url,
    directory: 'apps/bff',
    program: ['src/main.ts'],
    watched: ['src', '../on-behalf-of/src', '../service-defaults/src'],
    environment: { ...variables, ...traces, CALENDAR: 'true', SPA_DIRECTORY: directory },
  });
}

/** Opens the SPA with `o`. */
function openBrowser(url: string): Key {
  return {
    key: 'o',
    does: 'open the SPA in your browser',
    async press() {
      const { default: open } = await import('open');
      const browser = await open(url);
      browser.once('error', ({ message }) => print(`No browser could be opened: ${message}`));
      return `Opened ${url} in your browser.`;
    },
  };
}

/** Stops and starts the downstream API with `d`. */
function downstreamApiKey(): Key {
  const name = 'downstream-api';
  return {
    key: 'd',
    does: 'stop the downstream API, or start it again',
    async press() {
      const isRunning = services.list().some((service) => service.name === name && service.isRunning);
      await services.setRunning(name, !isRunning);
      return isRunning
        ? 'The downstream API is down. Press d again to start it.'
        : 'The downstream API runs again. Press d again to stop it.';
    },
  };
}

/** Stops all services and exits. */
function stop(exitCode: number, reason?: string): Promise<void> {
  stopping ??= (async () => {
    closeKeys?.();
    if (reason !== undefined) print(`\n${styleText('red', reason)}`);
    await services.stop();
    process.exit(exitCode);
  })();
  return stopping;
}
