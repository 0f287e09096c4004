import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../command/arguments.ts';
import { signInWays } from '../sign-in/azure-identity.ts';

const flag = z.boolean().default(false);
const schema = z.object({
  help: flag,
  tenant: flag,
  json: flag,
  'no-sign-in': flag,
  'name-prefix': z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be small letters, digits and hyphens')
    .optional(),
  'sign-in': z.enum(signInWays, { error: `must be one of ${signInWays.join(', ')}` }).optional(),
  'graph-token-file': z.string().min(1).optional(),
  'token-file': z.string().min(1).optional(),
});

/** The command line of the doctor, checked. Names are those of the flags. */
export type DoctorArguments = z.output<typeof schema>;

const options = {
  help: { type: 'boolean', short: 'h' },
  tenant: { type: 'boolean' },
  json: { type: 'boolean' },
  'no-sign-in': { type: 'boolean' },
  'name-prefix': { type: 'string' },
  'sign-in': { type: 'string' },
  'graph-token-file': { type: 'string' },
  'token-file': { type: 'string' },
} as const;

/**
 * Reads the command line. Unknown flags, wrong values, and flags that contradict each other are refused.
 *
 * @throws {UsageError} naming every problem.
 */
export function readDoctorArguments(args: readonly string[]): DoctorArguments {
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
    throw new UsageError(problems.join('\n'));
  return result.data;
}

function contradictions(values: DoctorArguments): string[] {
  const problems: string[] = [];
  const signIn = ['sign-in', 'graph-token-file'] as const;
  for (const name of signIn) {
    if (values[name] === undefined) continue;
    if (!values.tenant) problems.push(`--${name} means nothing without --tenant`);
    if (values['no-sign-in']) problems.push(`--${name} means nothing with --no-sign-in`);
  }
  if (signIn.every((name) => values[name] !== undefined))
    problems.push('--sign-in means nothing with --graph-token-file');
  if (values['token-file'] === '-' && values['graph-token-file'] === '-')
    problems.push('--token-file and --graph-token-file cannot both be standard input');
  return problems;
}
