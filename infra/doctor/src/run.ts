import type { Surroundings } from '@obo/app-registration/command';
import type { DoctorArguments } from './arguments.ts';
import { examine } from './examine.ts';
import { doctorHelp } from './help.ts';
import { findingsOf, report } from './report.ts';
import { readToken } from './token/read-token.ts';

/** `found`: an error or a warning; notes are none of either. */
const exitCodes = { fine: 0, found: 2 } as const;

/**
 * Runs the doctor: looks at everything, and prints what it found.
 *
 * @returns the exit code.
 * @throws {ExpectedError} whose message says what to do, when it cannot look.
 */
export async function runDoctor(
  args: DoctorArguments,
  surroundings: Omit<Surroundings, 'confirm'>,
): Promise<number> {
  if (args.help) {
    surroundings.print(doctorHelp);
    return exitCodes.fine;
  }
  const file = args['token-file'];
  const token = file === undefined ? null : await readToken(file, surroundings);
  const examination = await examine(args, token, surroundings);
  const findings = findingsOf(examination.sections.values());
  if (args.json) surroundings.print(JSON.stringify(findings));
  else for (const line of report(examination)) surroundings.print(line);
  return findings.every(({ severity }) => severity === 'note') ? exitCodes.fine : exitCodes.found;
}
