import { runProgram } from '@obo/app-registration/command';
import { readDoctorArguments } from './arguments.ts';
import { runDoctor } from './run.ts';

await runProgram(
  async (surroundings) => runDoctor(readDoctorArguments(process.argv.slice(2)), surroundings),
  'Nothing was looked at.',
);
