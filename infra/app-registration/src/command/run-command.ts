import { ExpectedError } from '../expected-error.ts';
import { confirm } from './ask.ts';
import type { Surroundings } from './context.ts';
import { UsageError } from './read-flags.ts';

/**
 * Runs a command line program: sets the exit code, and tells errors so that they can be acted on.
 *
 * @param work Gives the exit code.
 * @param whenCancelled What is said when the person breaks off at a question.
 */
export async function runProgram(
  work: (surroundings: Surroundings) => Promise<number>,
  whenCancelled: string,
): Promise<void> {
  const write = (stream: NodeJS.WritableStream) => (line: string) => void stream.write(`${line}\n`);
  const say = write(process.stderr);
  // Who reads no further, such as `head`, does not end what is under way.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    process.exitCode = await work({
      // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
      env: process.env,
      stdin: process.stdin,
      isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
      print: write(process.stdout),
      say,
      confirm,
    });
  } catch (error) {
    if (error instanceof UsageError) say(`${error.message}\n--help lists the flags.`);
    else if (error instanceof Error && error.name === 'AbortError') say(`\n${whenCancelled}`);
    else if (error instanceof ExpectedError) say(error.message);
    else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
