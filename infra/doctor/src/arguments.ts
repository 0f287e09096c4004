import { flag, namePrefixFlag, readFlags, signInFlag } from '@obo/app-registration/command';
import { z } from 'zod';

const schema = z.object({
  help: flag,
  tenant: flag,
  json: flag,
  'no-sign-in': flag,
  'name-prefix': namePrefixFlag.optional(),
  'sign-in': signInFlag.optional(),
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
 * Reads the command line.
 *
 * @throws {UsageError} naming every problem.
 */
export const readDoctorArguments = (args: readonly string[]): DoctorArguments =>
  readFlags(args, options, schema, contradictions);

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
