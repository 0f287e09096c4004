import { UsageError } from '../command/arguments.ts';
import { ExpectedError } from '../expected-error.ts';
import { readDoctorArguments } from './arguments.ts';
import { runDoctor } from './run.ts';

const write = (stream: NodeJS.WritableStream) => (line: string) => void stream.write(`${line}\n`);
const say = write(process.stderr);

try {
  process.exitCode = await runDoctor(readDoctorArguments(process.argv.slice(2)), {
    // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
    env: process.env,
    stdin: process.stdin,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    print: write(process.stdout),
    say,
  });
} catch (error) {
  if (error instanceof UsageError) say(`${error.message}\n--help lists the flags.`);
  else if (error instanceof Error && error.name === 'AbortError') say('\nNothing was looked at.');
  else if (error instanceof ExpectedError) say(error.message);
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
