export type { ClientSecret } from './credential/client-secret.ts';
export { describeChanges } from './describe-changes.ts';
export {
  type AppDescription,
  type AppKey,
  appKeys,
  type DescriptionParameters,
  describeApps,
  type ExposedScope,
} from './description.ts';
export {
  type Environment,
  type EnvironmentParameters,
  environments,
  isOnThisMachine,
  missingVariables,
} from './environment.ts';
export { environmentDirectory } from './environment-directory.ts';
export {
  certificateFileIn,
  type EnvironmentFiles,
  environmentFilesIn,
  readEnvironment,
  readKnownSecret,
  renderEnvironment,
  writeEnvironmentFiles,
} from './environment-files.ts';
export { GraphRequestError } from './graph-error.ts';
export { type RegisterOptions, type RegisterResult, register } from './register.ts';
export {
  type Change,
  ForeignAppError,
  type Registration,
  type RegistrationOptions,
  registerApps,
} from './register-apps.ts';
