export { type Configuration, readConfiguration } from '../configuration.ts';
export { ExpectedError } from '../expected-error.ts';
export { SignInFailed } from '../sign-in/token-source.ts';
export type { SignInSurroundings, Surroundings } from './context.ts';
export { reachTenant } from './find-tenant.ts';
export type { ReachedTenant } from './reached-tenant.ts';
export { flag, namePrefixFlag, readFlags, signInFlag, UsageError } from './read-flags.ts';
export { runProgram } from './run-command.ts';
