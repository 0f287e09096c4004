export { type Configuration, readConfiguration } from '../configuration.ts';
export { ExpectedError } from '../expected-error.ts';
export { SignInFailed } from '../sign-in/token-source.ts';
export type { CommandContext, SignInContext, TenantConnection } from './context.ts';
export { findTenant } from './find-tenant.ts';
export {
  type CommandLine,
  conflictsWith,
  flag,
  flagOf,
  graphTokenHelp,
  isGiven,
  isSet,
  namePrefix,
  parseCommandLine,
  signInWay,
  text,
  UsageError,
} from './flags.ts';
export { processContext, runCommand } from './run-command.ts';
