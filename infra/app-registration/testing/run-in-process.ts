import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { CommandContext } from '../src/command/context.ts';
import { runCommand } from '../src/command/run-command.ts';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command in this process as `main.ts` does in its own, without a terminal.
 *
 * @param input Standard input.
 */
export async function runInProcess(
  command: (context: CommandContext) => Promise<number>,
  env: CommandContext['env'],
  input = '',
): Promise<Outcome> {
  const [out, err]: [string[], string[]] = [[], []];
  const context: CommandContext = {
    env,
    stdin: Readable.from([input]),
    isTerminal: false,
    print: (line) => out.push(`${stripVTControlCharacters(line)}\n`),
    notify: (line) => err.push(`${line}\n`),
    confirm: (question) => Promise.reject(new Error(`Asked without a terminal: ${question}`)),
  };
  const code = await runCommand(command, context, 'Canceled.');
  return { code, stdout: out.join(''), stderr: err.join('') };
}
