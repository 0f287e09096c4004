import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { environmentDirectory } from '@obo/app-registration';
import { help, readArguments } from './arguments.ts';
import { type RunningChild, runChild } from './child-process.ts';
import {
  type Configuration,
  type Part,
  readConfiguration,
  StartError,
  wantedPorts,
} from './configuration.ts';
import { forDevelopment } from './development.ts';
import { ensurePortsAreFree } from './free-ports.ts';
import { printerFor, say } from './output.ts';
import { waitUntilReady } from './readiness.ts';
import { readRegistered } from './registered-files.ts';
import { welcomeToTenant } from './welcome-to-tenant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// biome-ignore lint/style/noProcessEnv: the one place where the environment is read
const environment = process.env;

const children: RunningChild[] = [];
let stopping: Promise<void> | undefined;

function stop(exitCode: number, reason?: string): Promise<void> {
  stopping ??= (async () => {
    if (reason !== undefined) say(`\n${styleText('red', reason)}`);
    if (children.length > 0) say('\nStopping …');
    for (const child of children.toReversed()) await child.stop();
    if (children.length > 0) say('Stopped.');
    process.exit(exitCode);
  })();
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

async function run(
  part: Part,
  directory: string,
  program: readonly string[],
  variables: NodeJS.ProcessEnv,
  ready: string,
) {
  if (stopping) return;
  const started = Date.now();
  say(`${part.name}: starting …`);
  const child = runChild(part.name, {
    arguments: program,
    directory: `${root}${directory}`,
    environment: { ...environment, ...variables },
    print: printerFor(part.name),
  });
  children.push(child);
  await waitUntilReady(`${part.url}${ready}`, Promise.race([child.ended, child.crashed]));
  child.ended.then((reason) => stop(1, `${reason}. What it printed stands above.`));
  say(`${part.name}: ready at ${part.url} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

const watch = ['--watch', '--watch-preserve-output', 'src/main.ts'];

/** Starts the local tenant, registers the apps in it, and says what each needs to run. */
async function prepareLocalTenant(configuration: Configuration) {
  const { parts, dataDirectory } = configuration;
  const tenantVariables = {
    LOCAL_TENANT_PORT: String(parts.localTenant.port),
    LOCAL_TENANT_DATA_DIRECTORY: `${dataDirectory}/local-tenant`,
  };
  await run(parts.localTenant, 'infra/local-tenant', ['src/main.ts'], tenantVariables, '/readyz');
  say('app-registration: comparing the tenant with the description …');
  // Only here, so that `--tenant` works where a fork has no local tenant.
  const { registerInLocalTenant } = await import('./register.ts');
  const { welcome } = await import('./welcome.ts');
  const { environments, summary } = await registerInLocalTenant(configuration);
  for (const line of summary) say(`app-registration: ${line}`);
  return { registered: environments, greeting: welcome(parts) };
}

try {
  const { help: wantsHelp, tenant, namePrefix } = readArguments(process.argv.slice(2));
  if (wantsHelp) {
    say(help);
    process.exit(0);
  }
  const directory = environment.ENVIRONMENT_DIRECTORY ?? environmentDirectory('real', namePrefix);
  const files = tenant ? await readRegistered(resolve(root, directory), environment) : undefined;
  const configuration = readConfiguration({ ...environment, ...files?.ports }, root);
  const { parts } = configuration;
  const wanted = wantedPorts(configuration);
  await ensurePortsAreFree(files ? wanted.filter((part) => part !== parts.localTenant) : wanted);

  const { registered, greeting } = files
    ? { registered: files.environments, greeting: welcomeToTenant(parts.spa.url, files.tenantId) }
    : await prepareLocalTenant(configuration);
  const environments = forDevelopment(registered, configuration);

  await run(parts.downstreamApi, 'apps/downstream-api', watch, environments.downstreamApi, '/readyz');
  await run(parts.middleTierApi, 'apps/middle-tier-api', watch, environments.middleTierApi, '/readyz');
  await run(
    parts.spa,
    'apps/spa',
    ['node_modules/vite/bin/vite.js'],
    environments.spa,
    '/configuration.json',
  );

  if (!stopping) for (const line of greeting) say(line);
} catch (error) {
  await stop(
    1,
    error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error),
  );
}
