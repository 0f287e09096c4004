import { readArguments } from './command/arguments.ts';
import { run } from './command/run.ts';
import { runProgram } from './command/run-command.ts';

process.once('SIGINT', () => {
  process.stderr.write('\nInterrupted. Run the same again: it continues where this ended.\n');
  process.exit(130);
});

await runProgram(
  async (surroundings) => run(readArguments(process.argv.slice(2)), surroundings),
  'Nothing was changed.',
);
