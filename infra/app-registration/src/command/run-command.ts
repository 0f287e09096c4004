import { createInterface } from 'node:readline/promises';
import { ExpectedError } from '../expected-error.ts';
import type { CommandContext } from './context.ts';
import { UsageError } from './flags.ts';

/**
 * Runs a command, and prints errors such that the user can act on them.
 *
 * @param command Returns the exit code.
 * @param whenCanceled Printed when the user presses Ctrl-C at a question.
 * @returns The exit code: the command's, or 1 after an error.
 */
export async function runCommand(
  command: (context: CommandContext) => Promise<number>,
  context: CommandContext,
  whenCanceled: string,
): Promise<number> {
  try {
    return await command(context);
  } catch (error) {
    if (error instanceof UsageError) context.notify(`${error.message}\nRun with --help to list the flags.`);
    else if (error instanceof Error && error.name === 'AbortError') context.notify(`\n${whenCanceled}`);
    else if (error instanceof ExpectedError) context.notify(error.message);
    else context.notify(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

/** Creates the context of a command that runs as this process: results go to stdout, messages to stderr. */
export function processContext(env: CommandContext['env']): CommandContext {
  const writeTo = (stream: NodeJS.WritableStream) => (line: string) => void stream.write(`${line}\n`);
  // A reader that stops early, such as `head`, must not end a registration halfway.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    env,
    stdin: process.stdin,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    print: writeTo(process.stdout),
    notify: writeTo(process.stderr),
    confirm,
  };
}

/**
 * Asks a question at the terminal. Any answer but `y` or `yes` means no.
 *
 * @throws {AbortError} when the user presses Ctrl-C.
 */
async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
