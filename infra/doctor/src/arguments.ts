import {
  conflictsWith,
  flag,
  flagOf,
  graphTokenHelp,
  isSet,
  namePrefix,
  parseCommandLine,
  signInWay,
  text,
} from '@obo/app-registration/command';
import { z } from 'zod';

const subject = {
  tenant: flag('--tenant', 'the real tenant that `pnpm register` wrote files for, not the local one', isSet),
  namePrefix: flag('--name-prefix <prefix>', 'the set of apps with this prefix', namePrefix),
  tokenFile: flag(
    '--token-file <file>',
    'explain why an API would reject this token; - reads standard input, or asks for it at a terminal',
    text,
  ),
};

const signIn = {
  signIn: flag('--sign-in <way>', 'use only azure-cli, browser or device-code', signInWay),
  graphTokenFile: flag('--graph-token-file <file>', graphTokenHelp, text),
  noSignIn: flag('--no-sign-in', 'skip app registrations and consent, which require a sign-in', isSet),
};

const output = {
  json: flag('--json', 'print the findings as JSON', isSet),
  exitCode: flag('--exit-code', 'for scripts: exit code 2 for errors or warnings', isSet),
};

const flags = z.object({ ...subject, ...signIn, ...output });

/** Values of the flags of `doctor`. */
export type DoctorArguments = z.output<typeof flags>;

export const doctorCommandLine = {
  name: 'pnpm run doctor',
  description: [
    'Finds configuration errors, and says how to fix each. It changes nothing.',
    'Checks this machine, the environment files, the identity provider, the app registrations and consent.',
  ].join('\n\n'),
  groups: {
    'What it checks': subject,
    'Sign-in to a real tenant (Azure CLI if you are logged in, otherwise a browser, otherwise a code for another device)':
      signIn,
    Output: output,
  },
  footer:
    'Exit codes: 0 it checked, 1 the checks could not run; with --exit-code, 2 errors or warnings found.',
  flags,
  findConflicts,
};

/**
 * Parses the command line of `doctor`.
 *
 * @param print Prints the help.
 * @returns `null` when the user asked for help, which is then printed.
 * @throws {UsageError} naming every problem.
 */
export const parseDoctorArguments = (
  args: readonly string[],
  print: (text: string) => void,
): DoctorArguments | null => parseCommandLine(doctorCommandLine, args, print);

function findConflicts(values: DoctorArguments): string[] {
  const withoutTenant = (['signIn', 'graphTokenFile'] as const).filter(
    (name) => values[name] !== undefined && !values.tenant,
  );
  const problems = [
    ...withoutTenant.map((name) => `${flagOf(name)} requires --tenant`),
    ...conflictsWith(values, 'noSignIn', ['signIn', 'graphTokenFile']),
    ...conflictsWith(values, 'graphTokenFile', ['signIn']),
  ];
  if (values.tokenFile === '-' && values.graphTokenFile === '-')
    problems.push('--token-file and --graph-token-file cannot both read standard input');
  return problems;
}
