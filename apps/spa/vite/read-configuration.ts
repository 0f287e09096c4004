import { z } from 'zod';
import { type SpaConfiguration, spaConfigurationSchema } from '../src/configuration/configuration-schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not describe a runnable SPA. The message lists every problem, one per line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const zeros = '00000000-0000-0000-0000-000000000000';

/** The environment variables of the SPA. What is wrong with their values, {@link spaConfigurationSchema} decides. */
export const variablesSchema = z.object({
  CLIENT_ID: z.string().meta({ description: "The SPA's application (client) ID.", example: zeros }),
  AUTHORITY: z.string().meta({
    description: 'https URL of the identity provider that ends with the tenant.',
    example: `https://login.microsoftonline.com/${zeros}`,
  }),
  AUTHORITY_METADATA: z.string().optional().meta({
    description:
      'OpenID configuration as JSON, as for the APIs, with all five members. With it, nothing is fetched from `AUTHORITY`. Omit it for Entra ID.',
    example: '{"issuer":"…"}',
  }),
  API_BASE_URL: z
    .string()
    .meta({ description: 'URL of the middle-tier API.', example: 'http://localhost:4000' }),
  API_APP_ID_URI: z.string().meta({
    description: "The middle tier's Application ID URI, from its own registration.",
    example: `api://${zeros}`,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional().meta({
    description:
      "OpenTelemetry collector that receives traces from browsers (OTLP over HTTP, with CORS for the SPA's origin). Without it, nothing is traced, and no code for it is loaded.",
    example: 'http://localhost:4318',
  }),
  REQUEST_URL: z.string().optional().meta({
    description:
      'URL at which a request can be looked up, for a link on *How it works*. `{correlationId}` stands for its correlation ID.',
    example: 'http://localhost:4400/#conversation/{correlationId}',
  }),
  CALENDAR: z.enum(['true', 'false']).optional().meta({
    description:
      '`true` if the middle tier adds approved leave to calendars, that is, if it has a `PUBLIC_URL`. The form then offers it.',
    example: 'true',
  }),
  SPA_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .meta({ description: 'TCP port to serve on, on loopback.' }),
  DATA_DIRECTORY: z.string().optional().meta({
    description:
      'Where the development server stores the dependencies it bundled, `node_modules/.vite` if not set. Each running server needs its own.',
    example: 'node_modules/.vite',
  }),
  VITE_TOKENS: z.enum(['browser', 'server']).default('browser').meta({
    description:
      'For `build` only: where tokens are. `server` builds the SPA for the backend for frontend, into `dist-server`.',
  }),
});

/** The members of the SPA's configuration, by the variables they come from. */
export const memberOf = {
  CLIENT_ID: 'clientId',
  AUTHORITY: 'authority',
  AUTHORITY_METADATA: 'authorityMetadata',
  API_BASE_URL: 'apiBaseUrl',
  API_APP_ID_URI: 'apiAppIdUri',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'otlpEndpoint',
  REQUEST_URL: 'requestUrl',
  CALENDAR: 'calendar',
} as const satisfies Partial<Record<keyof typeof variablesSchema.shape, keyof SpaConfiguration>>;

type ConfigurationVariable = keyof typeof memberOf;
const writtenAsJson: readonly string[] = ['AUTHORITY_METADATA', 'CALENDAR'];
const configurationVariables = variablesSchema
  .omit({ VITE_TOKENS: true, SPA_PORT: true, DATA_DIRECTORY: true })
  .keyof().options;

/**
 * Reads the SPA's run-time configuration from environment variables. An empty variable counts as missing.
 *
 * @throws {ConfigurationError} with the name of every missing or invalid variable, and never a value.
 */
export function readConfiguration(env: Environment): SpaConfiguration {
  const candidate = Object.fromEntries(
    configurationVariables
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value)
      .map(([name, value]) => [memberOf[name], writtenAsJson.includes(name) ? parseJson(value) : value]),
  );
  const result = spaConfigurationSchema.safeParse(candidate);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const [member, ...rest] = path;
    const variable = configurationVariables.find((name) => memberOf[name] === member);
    if (variable === undefined) return `  ${message}`;
    const problem = memberOf[variable] in candidate ? [...rest, message].join(' ') : 'is missing';
    return `  ${variable}: ${problem}. ${descriptionOf(variable)}`;
  });
  throw new ConfigurationError(
    `The SPA's configuration is not complete:\n${[...new Set(problems)].join('\n')}\nEach variable is explained in apps/spa/.env.example.`,
  );
}

/** Reads the port to serve on from `SPA_PORT`. */
export function readPort(env: Environment): number {
  const result = variablesSchema.shape.SPA_PORT.safeParse(env.SPA_PORT?.trim() || undefined);
  if (result.success) return result.data;
  throw new ConfigurationError('SPA_PORT: must be a port number, 0 to 65535');
}

/** Reads from `VITE_TOKENS` where tokens are. */
export function readTokens(env: Environment): 'browser' | 'server' {
  const result = variablesSchema.shape.VITE_TOKENS.safeParse(env.VITE_TOKENS?.trim() || undefined);
  if (result.success) return result.data;
  throw new ConfigurationError('VITE_TOKENS: must be browser or server');
}

const descriptionOf = (name: ConfigurationVariable): string =>
  variablesSchema.shape[name].description?.replaceAll('`', '') ?? '';

function parseJson(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
