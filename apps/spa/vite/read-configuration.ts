import { type SpaConfiguration, spaConfigurationSchema } from '../src/configuration/spa-configuration.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not describe a runnable SPA. The message names every problem, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const variables = {
  clientId: { name: 'CLIENT_ID', purpose: 'Application (client) id of the SPA registration' },
  authority: { name: 'AUTHORITY', purpose: 'https URL of the identity provider with the tenant' },
  authorityMetadata: { name: 'AUTHORITY_METADATA', purpose: 'Discovery document, as JSON; may be left out' },
  apiBaseUrl: { name: 'API_BASE_URL', purpose: 'Where the middle-tier API answers' },
  apiAppIdUri: { name: 'API_APP_ID_URI', purpose: 'Application ID URI of the middle-tier API' },
  otlpEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    purpose: 'OpenTelemetry collector that takes traces from browsers; may be left out',
  },
} satisfies Record<keyof SpaConfiguration, { name: string; purpose: string }>;

/**
 * Makes the SPA's run-time configuration from environment variables. An empty variable counts as a missing one.
 *
 * @throws {ConfigurationError} naming every missing or wrong variable, never a value.
 */
export function readConfiguration(env: Environment): SpaConfiguration {
  const candidate = Object.fromEntries(
    Object.entries(variables)
      .filter(([, { name }]) => env[name]?.trim())
      .map(([member, { name }]) => [
        member,
        member === 'authorityMetadata' ? parseJson(env[name]) : env[name],
      ]),
  );
  const result = spaConfigurationSchema.safeParse(candidate);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const [member, ...rest] = path;
    const variable = Object.entries(variables).find(([key]) => key === member)?.[1];
    if (member === undefined || variable === undefined) return `  ${message}`;
    const problem = member in candidate ? [...rest, message].join(' ') : 'is missing';
    return `  ${variable.name}: ${problem}. ${variable.purpose}`;
  });
  throw new ConfigurationError(
    `The SPA's configuration is not complete:\n${[...new Set(problems)].join('\n')}\nEach variable is explained in apps/spa/.env.example.`,
  );
}

/** The port to serve on, from `SPA_PORT`; 3000 if it is not set. */
export function readPort(env: Environment): number {
  const text = env.SPA_PORT?.trim() || '3000';
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError('SPA_PORT: must be a port number, 0 to 65535');
}

function parseJson(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
