import { processContext, runCommand } from '@obo/app-registration/command';
import { runDoctor } from './run.ts';

// biome-ignore lint/style/noProcessEnv: the entry point reads the environment.
const context = processContext(process.env);
process.exitCode = await runCommand(
  (context) => runDoctor(process.argv.slice(2), context),
  context,
  'Nothing was checked.',
);
