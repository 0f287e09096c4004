import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { z } from 'zod';
import { ExpectedError } from '../expected-error.ts';
import { signInWays } from '../sign-in/azure-identity.ts';

/** The command line is not one that the program understands; the message names each problem. */
export class UsageError extends ExpectedError {
  override readonly name = 'UsageError';
}

/** A flag without a value. */
export const flag = z.boolean().default(false);

/** Flags that several programs have. */
export const namePrefixFlag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be small letters, digits and hyphens');
export const signInFlag = z.enum(signInWays, { error: `must be one of ${signInWays.join(', ')}` });

/**
 * Reads a command line. Unknown flags, wrong values, and flags that contradict each other are refused.
 *
 * @param contradictions Says what is wrong with values that are right each for itself.
 * @throws {UsageError} naming every problem.
 */
export function readFlags<Schema extends z.ZodType<{ help: boolean }>>(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
  schema: Schema,
  contradictions: (values: z.output<Schema>) => string[],
): z.output<Schema> {
  let values: unknown;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const result = schema.safeParse(values);
  const problems = result.success
    ? contradictions(result.data)
    : result.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`);
  if (!result.success || (problems.length > 0 && !result.data.help))
    throw new UsageError([...new Set(problems)].join('\n'));
  return result.data;
}
