import { resolve } from 'node:path';
import {
  type AppKey,
  type Environment,
  environmentDirectory,
  environmentFilesIn,
  isOnThisMachine,
  missingVariables,
  readEnvironment,
} from '@obo/app-registration';
import { apisBehind, apps, forEachApp, portVariable, servedApps } from '@obo/app-registration/apps';
import { type RegisteredApps, readConfiguration, StartError, type Variables } from './configuration.ts';
import { lockDataDirectory } from './data-directory.ts';
import { ensurePortsAreFree } from './free-ports.ts';

type Environments = RegisteredApps['environments'];

/**
 * Reads the environment files that `register` wrote for a real tenant.
 *
 * @param env A port that is set here must be the registered one.
 * @param root The repository's folder.
 * @param namePrefix Selects a set of apps, if the tenant has several.
 * @param bff Whether the backend for frontend is to run.
 * @throws {StartError} when files or variables are missing, when the apps are registered for another machine
 * or port, a port is taken, or another `start` uses the data directory.
 */
export async function readRegisteredApps(
  env: Variables,
  root: string,
  namePrefix: string | undefined,
  bff = false,
): Promise<RegisteredApps> {
  const directory = resolve(root, env.ENVIRONMENT_DIRECTORY ?? environmentDirectory('real', namePrefix));
  const files = environmentFilesIn(directory);
  const read = new Map<AppKey, Environment>();
  for (const { key } of apps) read.set(key, await readEnvironment(files[key]));
  const environments = forEachApp(({ key }) => read.get(key) ?? {});
  requireComplete(environments, files, directory);
  requireThisMachine(environments, env);
  if (bff) requireBff(environments);
  const registeredPorts = Object.fromEntries(
    servedApps.map((app) => {
      const { SPA_PORT, PORT } = environments[app.key];
      return [portVariable(app), SPA_PORT ?? PORT ?? ''];
    }),
  );
  if (bff) registeredPorts.BFF_PORT = environments.bff.PORT ?? '';
  requireRegisteredPorts(registeredPorts, env);
  const configuration = readConfiguration({ ...env, ...registeredPorts }, root, bff);
  await ensurePortsAreFree(configuration.ports);
  lockDataDirectory(configuration.dataDirectory);
  return {
    configuration,
    environments,
    collector: configuration.collector ?? '',
    keys: [],
    signInHelp: [
      `Sign in with an account of your tenant, ${environments.middleTierApi.TENANT_ID}.`,
      '',
      'Something does not work? npx -y pnpm@12 run doctor --tenant',
    ],
  };
}

function requireComplete(
  environments: Environments,
  files: Readonly<Record<AppKey, string>>,
  directory: string,
): void {
  if (apps.every(({ key }) => Object.keys(environments[key]).length === 0)) {
    throw new StartError(
      `There are no environment files for a real tenant in ${directory}. Register the apps first: npx -y pnpm@12 register`,
    );
  }
  const lines = servedApps.flatMap(({ key }) => {
    const missing = missingVariables(key, environments[key]);
    return missing.length === 0 ? [] : [`  ${files[key]} lacks ${missing.join(', ')}`];
  });
  if (lines.length > 0) {
    throw new StartError(
      `The environment files are incomplete:\n${lines.join('\n')}\nRegister again: npx -y pnpm@12 register`,
    );
  }
}

/** The files may describe a deployment: apps at other addresses, with a credential that only exists there. */
function requireThisMachine({ spa, middleTierApi }: Environments, env: Variables): void {
  const origins = middleTierApi.ALLOWED_ORIGINS?.split(',') ?? [];
  const apiUrls = [
    spa.API_BASE_URL ?? '',
    ...apisBehind.map(({ urlVariable }) => middleTierApi[urlVariable] ?? ''),
  ];
  const elsewhere = [
    ...(origins.some(isOnThisMachine) ? [] : origins),
    ...apiUrls.filter((url) => !isOnThisMachine(url)),
  ];
  if (elsewhere.length > 0) {
    throw new StartError(
      `The apps are registered for ${elsewhere.join(', ')}, which is not this machine. Register a set of apps for it: npx -y pnpm@12 register --name-prefix <prefix>`,
    );
  }
  if (middleTierApi.MANAGED_IDENTITY_CLIENT_ID && !env.IDENTITY_ENDPOINT) {
    throw new StartError(
      'The middle-tier API is registered with a managed identity, which this machine does not have. Register it with a secret: npx -y pnpm@12 register --credential secret',
    );
  }
}

function requireBff({ bff }: Environments): void {
  if (missingVariables('bff', bff).length === 0 && isOnThisMachine(bff.PUBLIC_URL ?? '')) return;
  throw new StartError(
    'The backend for frontend is not registered for this machine. Register it: npx -y pnpm@12 register --bff-url http://localhost:3100',
  );
}

function requireRegisteredPorts(ports: Readonly<Record<string, string>>, env: Variables): void {
  for (const [variable, registered] of Object.entries(ports)) {
    const chosen = env[variable]?.trim() || registered;
    if (chosen !== registered) {
      throw new StartError(
        `${variable} is ${chosen}, but port ${registered} is registered. Register again: ${variable}=${chosen} npx -y pnpm@12 register`,
      );
    }
  }
}
