export { type Configuration, readConfiguration, variablesSchema } from './configuration.ts';
export { exitCodes } from './exit-codes.ts';
export { runCli } from './run.ts';
export type { Terminal } from './terminal/terminal.ts';
