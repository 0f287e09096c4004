import { runRegister } from './command/run.ts';
import { processContext, runCommand } from './command/run-command.ts';

process.once('SIGINT', () => {
  process.stderr.write('\nInterrupted. Run the same command again: it continues from here.\n');
  process.exit(130);
});

// biome-ignore lint/style/noProcessEnv: the entry point reads the environment.
const context = processContext(process.env);
process.exitCode = await runCommand(
  (context) => runRegister(process.argv.slice(2), context),
  context,
  'Nothing was changed.',
);
