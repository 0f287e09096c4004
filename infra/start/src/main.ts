import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { help, readArguments } from './arguments.ts';
import { type RunningChild, runChild } from './child-process.ts';
import { type Part, StartError } from './configuration.ts';
import { forDevelopment } from './development.ts';
import { printerFor, say } from './output.ts';
import { prepareRealTenant } from './prepare-real-tenant.ts';
import { waitUntilReady } from './readiness.ts';

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

// `--watch` alone also watches what is installed, and pnpm's store shares those files with every other project.
const watched = ['src', '../access-token/src', '../on-behalf-of/src', '../service-defaults/src'].map(
  (directory) => `--watch-path=${directory}`,
);
const watch = [...watched, '--watch-preserve-output', 'src/main.ts'];

try {
  const { help: wantsHelp, tenant, namePrefix } = readArguments(process.argv.slice(2));
  if (wantsHelp) {
    say(help);
    process.exit(0);
  }
  // Only here, so that `--tenant` works where a fork has no local tenant.
  const local = tenant ? undefined : await import('./local-tenant/prepare-local-tenant.ts');
  const prepare = local?.prepareLocalTenant ?? prepareRealTenant;
  const { configuration, registered, greeting } = await prepare({ root, environment, namePrefix, run });
  const { parts } = configuration;
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
