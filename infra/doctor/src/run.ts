import type { CommandContext } from '@obo/app-registration/command';
import { parseDoctorArguments } from './arguments.ts';
import { examine } from './examine.ts';
import { findingsOf, report } from './report.ts';
import { readToken } from './token/read-token.ts';

/** `found`: with `--exit-code`, at least one error or warning. Notes do not count. */
const exitCodes = { examined: 0, found: 2 } as const;

/**
 * Runs `doctor`: examines everything, and prints the findings.
 *
 * @param argv Command line without the program's name.
 * @returns The exit code.
 * @throws {ExpectedError} whose message says what to do, when it cannot examine anything.
 */
export async function runDoctor(
  argv: readonly string[],
  context: Omit<CommandContext, 'confirm'>,
): Promise<number> {
  const args = parseDoctorArguments(argv, context.print);
  if (args === null) return exitCodes.examined;
  const token = args.tokenFile === undefined ? null : await readToken(args.tokenFile, context);
  const examination = await examine(args, token, context);
  const findings = findingsOf(examination.sections.values());
  if (args.json) context.print(JSON.stringify(findings));
  else for (const line of report(examination)) context.print(line);
  const isHealthy = findings.every(({ severity }) => severity === 'note');
  return isHealthy || !args.exitCode ? exitCodes.examined : exitCodes.found;
}
