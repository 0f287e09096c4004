import { z } from 'zod';

/** The environment does not describe a runnable service. The message names every problem, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Parses environment variables once, at start.
 *
 * An empty variable counts as a missing one, as in most shells and container platforms.
 *
 * @param schema An object schema whose keys are the variables' names; give each a description that says what to set.
 * @param env Usually `process.env`; only `main.ts` reads that.
 * @throws {ConfigurationError} naming every missing or wrong variable, never a value.
 */
export function parseConfiguration<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ code, path, message }) => {
    const name = String(path[0] ?? 'environment');
    const problem = name in present || code === 'custom' ? message : 'is missing';
    const description = schema.shape[name] instanceof z.ZodType ? schema.shape[name].description : undefined;
    return `  ${name}: ${problem}${description === undefined ? '' : `. ${description}`}`;
  });
  throw new ConfigurationError(
    `The configuration is not complete:\n${[...new Set(lines)].join('\n')}\nEach variable is explained in the .env.example beside package.json.`,
  );
}

/** `a, b` → `['a', 'b']`; at least one item. */
export const commaSeparated = <Item extends z.ZodType<unknown, string>>(item: Item) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item).min(1, 'must name at least one'));

/** A TCP port; 0 lets the operating system choose. */
export const port = z.coerce.number('must be a port number').int().min(0).max(65_535);

/** An absolute http or https URL, without a trailing slash. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** An exact web origin, as browsers send it: scheme, host, port, and nothing behind. */
export const webOrigin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://app.example.com' })
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url,
    'must be an origin without a path or trailing slash',
  );

/** Variables that every service of ours has. */
export const serviceVariables = {
  PORT: port.describe('The TCP port to listen on'),
  HOST: z
    .string()
    .default('localhost')
    .describe('The host name or address to listen on; localhost means loopback only'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('One of fatal, error, warn, info, debug, trace, silent'),
};
