import {
  type AppKey,
  appKeys,
  type Environment,
  environmentFilesIn,
  isOnThisMachine,
  missingVariables,
  readEnvironment,
} from '@obo/app-registration';
import { StartError } from './configuration.ts';

type PortVariable = 'SPA_PORT' | 'MIDDLE_TIER_API_PORT' | 'DOWNSTREAM_API_PORT';

/** What registering in a real tenant left for this machine. */
export interface Registered {
  environments: Readonly<Record<AppKey, Environment>>;
  /** The ports at which the apps are registered. */
  ports: Readonly<Record<PortVariable, string>>;
  tenantId: string;
}

/**
 * Reads the environment files that `register` wrote.
 *
 * @param env A port that is set there must be the one that is registered.
 * @throws {StartError} when they are missing, lack something, or are for another machine.
 */
export async function readRegistered(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Registered> {
  const files = environmentFilesIn(directory);
  const environments = {
    spa: await readEnvironment(files.spa),
    middleTierApi: await readEnvironment(files.middleTierApi),
    downstreamApi: await readEnvironment(files.downstreamApi),
  };
  checkComplete(directory, files, environments);
  const { spa, middleTierApi, downstreamApi } = environments;
  checkIsForThisMachine(environments, env);
  const ports = {
    SPA_PORT: spa.SPA_PORT ?? '',
    MIDDLE_TIER_API_PORT: middleTierApi.PORT ?? '',
    DOWNSTREAM_API_PORT: downstreamApi.PORT ?? '',
  };
  for (const [variable, registered] of Object.entries(ports)) {
    const wanted = env[variable]?.trim() || registered;
    if (wanted !== registered) {
      throw new StartError(
        `${variable} is ${wanted}, but port ${registered} is registered. Register again: ${variable}=${wanted} npx -y pnpm@12 register`,
      );
    }
  }
  return { environments, ports, tenantId: middleTierApi.TENANT_ID ?? '' };
}

function checkComplete(
  directory: string,
  files: Readonly<Record<AppKey, string>>,
  environments: Registered['environments'],
): void {
  if (appKeys.every((key) => Object.keys(environments[key]).length === 0)) {
    throw new StartError(
      `There are no files for a real tenant in ${directory}. Register first: npx -y pnpm@12 register`,
    );
  }
  const lines = appKeys.flatMap((key) => {
    const missing = missingVariables(key, environments[key]);
    return missing.length === 0 ? [] : [`  ${files[key]} lacks ${missing.join(', ')}`];
  });
  if (lines.length > 0) {
    throw new StartError(
      `The environment files are not complete:\n${lines.join('\n')}\nRegister again: npx -y pnpm@12 register`,
    );
  }
}

/** The files may describe a deployment: apps at other addresses, and a credential that is only there. */
function checkIsForThisMachine(
  { spa, middleTierApi }: Registered['environments'],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const origins = middleTierApi.ALLOWED_ORIGINS?.split(',') ?? [];
  const elsewhere = [
    ...(origins.some(isOnThisMachine) ? [] : origins),
    ...[spa.API_BASE_URL ?? '', middleTierApi.DOWNSTREAM_API_BASE_URL ?? ''].filter(
      (url) => !isOnThisMachine(url),
    ),
  ];
  if (elsewhere.length > 0) {
    throw new StartError(
      `The apps are registered for ${elsewhere.join(', ')}, which is not this machine. Register a set of apps for it: npx -y pnpm@12 register --name-prefix <prefix>`,
    );
  }
  if (middleTierApi.MANAGED_IDENTITY_CLIENT_ID && !env.IDENTITY_ENDPOINT) {
    throw new StartError(
      'The middle tier is to prove itself with a managed identity, which this machine has not. Register with a secret: npx -y pnpm@12 register --credential secret',
    );
  }
}
