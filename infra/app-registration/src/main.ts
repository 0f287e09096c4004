import { readArguments, UsageError } from './command/arguments.ts';
import { confirm } from './command/ask.ts';
import { run } from './command/run.ts';
import { ExpectedError } from './expected-error.ts';

const write = (stream: NodeJS.WritableStream) => (line: string) => void stream.write(`${line}\n`);
const say = write(process.stderr);

process.once('SIGINT', () => {
  say('\nInterrupted. Run the same again: it continues where this ended.');
  process.exit(130);
});

try {
  process.exitCode = await run(readArguments(process.argv.slice(2)), {
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
  else if (error instanceof Error && error.name === 'AbortError') say('\nNothing was changed.');
  else if (error instanceof ExpectedError) say(error.message);
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
