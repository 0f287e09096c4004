import { exitCodes } from './exit-codes.ts';
import { runCli } from './run.ts';
import { processTerminal } from './terminal/terminal.ts';

process.once('SIGINT', () => {
  process.stderr.write('\nCanceled.\n');
  process.exit(exitCodes.canceled);
});

// biome-ignore lint/style/noProcessEnv: the one place where the environment is read
const env = process.env;
process.exitCode = await runCli(process.argv.slice(2), env, processTerminal(env));
