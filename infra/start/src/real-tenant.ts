import { resolve } from 'node:path';
import {
  type AppKey,
  appKeys,
  environmentDirectory,
  environmentFilesIn,
  isOnThisMachine,
  missingVariables,
  readEnvironment,
} from '@obo/app-registration';
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
 * @throws {StartError} when files or variables are missing, when the apps are registered for another machine
 * or port, a port is taken, or another `start` uses the data directory.
 */
export async function readRegisteredApps(
  env: Variables,
  root: string,
  namePrefix: string | undefined,
): Promise<RegisteredApps> {
  const directory = resolve(root, env.ENVIRONMENT_DIRECTORY ?? environmentDirectory('real', namePrefix));
  const files = environmentFilesIn(directory);
  const environments = {
    spa: await readEnvironment(files.spa),
    middleTierApi: await readEnvironment(files.middleTierApi),
    downstreamApi: await readEnvironment(files.downstreamApi),
  };
  requireComplete(environments, files, directory);
  requireThisMachine(environments, env);
  const registeredPorts = {
    SPA_PORT: environments.spa.SPA_PORT ?? '',
    MIDDLE_TIER_API_PORT: environments.middleTierApi.PORT ?? '',
    DOWNSTREAM_API_PORT: environments.downstreamApi.PORT ?? '',
  };
  requireRegisteredPorts(registeredPorts, env);
  const configuration = readConfiguration({ ...env, ...registeredPorts }, root);
  await ensurePortsAreFree(configuration.ports);
  lockDataDirectory(configuration.dataDirectory);
  return {
    configuration,
    environments,
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
  if (appKeys.every((app) => Object.keys(environments[app]).length === 0)) {
    throw new StartError(
      `There are no environment files for a real tenant in ${directory}. Register the apps first: npx -y pnpm@12 register`,
    );
  }
  const lines = appKeys.flatMap((app) => {
    const missing = missingVariables(app, environments[app]);
    return missing.length === 0 ? [] : [`  ${files[app]} lacks ${missing.join(', ')}`];
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
  const apiUrls = [spa.API_BASE_URL ?? '', middleTierApi.DOWNSTREAM_API_BASE_URL ?? ''];
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
