import { z } from 'zod';

/** The environment does not describe a runnable service. The message lists every problem, one per line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Parses environment variables once, at startup. An empty variable counts as missing, as in most shells and container
 * platforms. Whitespace around a value is removed: it is what files, editors and secret stores add.
 *
 * @param schema An object schema whose keys are the names of the variables. Describe each with
 * `.meta({ description, example })`: messages, `.env.example` and the configuration reference use that and the default.
 * @param env Usually `process.env`, which only `main.ts` reads.
 * @throws {ConfigurationError} with the name of every missing or invalid variable, and never a value.
 */
export function parseConfiguration<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ code, path, message }) => {
    const name = String(path[0] ?? 'environment');
    const problem = name in present || code === 'custom' ? message : 'is missing';
    const description = schema.shape[name] instanceof z.ZodType ? schema.shape[name].description : undefined;
    return `  ${name}: ${problem}${description === undefined ? '' : `. ${description.replaceAll('`', '')}`}`;
  });
  throw new ConfigurationError(
    `The configuration is not complete:\n${[...new Set(lines)].join('\n')}\nEach variable is explained in the .env.example beside package.json.`,
  );
}

/** Accepts `a, b` and returns `['a', 'b']`; at least one item. */
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

/** Accepts a GUID. Returns it in lower case, as it is in tokens, so that it can be compared. */
export const guid = (error = 'must be a GUID') => z.guid(error).overwrite(lowerCaseGuids);

/** Returns a text, such as a URL, with the GUIDs in it in lower case. */
export const lowerCaseGuids = (text: string): string =>
  text.replace(/[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}/gi, (found) => found.toLowerCase());

/** Accepts an Application ID URI, the part of a scope before the last slash ("Expose an API"). */
export const applicationIdUri = z
  .url('must be an Application ID URI such as api://00000000-0000-0000-0000-000000000000')
  .refine((uri) => !uri.endsWith('/.default'), 'must be without the scope /.default')
  .overwrite(lowerCaseGuids);

/** Accepts a TCP port; 0 lets the operating system choose. */
export const port = z.coerce.number('must be a port number').int().min(0).max(65_535);

/** Accepts an absolute http or https URL; removes a trailing slash. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** Accepts a web origin as browsers send it: scheme, host and port, and nothing else. */
export const webOrigin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://app.example.com' })
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url,
    'must be an origin without a path or trailing slash',
  );
