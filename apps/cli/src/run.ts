import { ConfigurationError } from '@obo/service-defaults/configuration';
import { CommanderError } from 'commander';
import { createProgram, type Variables } from './commands.ts';
import { CommandFailed, type ExitCode, exitCodes, type FailureDetails } from './exit-codes.ts';
import { plain } from './terminal/table.ts';
import type { Terminal } from './terminal/terminal.ts';

/**
 * Runs a command, and explains its failure.
 *
 * @param argv Command line without the program's name.
 * @returns The exit code.
 */
export async function runCli(argv: readonly string[], env: Variables, terminal: Terminal): Promise<ExitCode> {
  const reportFailure = (exitCode: ExitCode, details: FailureDetails): ExitCode => {
    if (argv.includes('--json')) terminal.print(JSON.stringify({ error: details }, null, 2));
    for (const line of linesOf(details)) terminal.notify(line);
    return exitCode;
  };
  const outcome: { exitCode: ExitCode } = { exitCode: exitCodes.done };
  try {
    // `pnpm run` passes the `--` on that separates its own arguments from ours.
    const args = argv[0] === '--' ? argv.slice(1) : argv;
    await createProgram(env, terminal, outcome).parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommandFailed) return reportFailure(error.exitCode, error.details);
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    // Without a command, the help is shown.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
    if (error instanceof CommanderError)
      return reportFailure(exitCodes.usage, {
        code: 'usage',
        title: error.message.replace(/^error: /, ''),
        detail: 'Run with --help to list the commands and options.',
      });
    if (error instanceof ConfigurationError)
      return reportFailure(exitCodes.usage, { code: 'configuration', title: error.message });
    throw error;
  }
}

function linesOf({ code, title, detail, errors = [], type, correlationId }: FailureDetails): string[] {
  const reference = [type, correlationId && `correlation ID ${correlationId}`].filter(Boolean).join(', ');
  return [
    // The configuration's problems are a list.
    ...title.split('\n').map((line, index) => `${index === 0 ? 'error: ' : ''}${plain(line)}`),
    ...(detail === undefined || detail === title ? [] : [`  ${plain(detail)}`]),
    ...errors.map(({ member, message }) => `  ${plain(`${member}: ${message}`)}`),
    `  ${plain(code)}${reference && `: ${plain(reference)}`}`,
  ];
}
