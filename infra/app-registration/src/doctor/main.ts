import { runProgram } from '../command/run-program.ts';
import { readDoctorArguments } from './arguments.ts';
import { runDoctor } from './run.ts';

await runProgram(
  async (surroundings) => runDoctor(readDoctorArguments(process.argv.slice(2)), surroundings),
  'Nothing was looked at.',
);
