export { clouds, cloudWith } from './clouds.ts';
export type { ClientSecret } from './credential/client-secret.ts';
export { secretVariables } from './credential/credential.ts';
export {
  type AppDescription,
  type AppKey,
  appKeys,
  type DescriptionParameters,
  defaultNamePrefix,
  describeApps,
  type ExposedScope,
} from './description.ts';
export { type Remembered, readRemembered } from './environment/earlier-run.ts';
export {
  credentialVariables,
  type Environment,
  type EnvironmentParameters,
  environments,
  isOnThisMachine,
  missingVariables,
} from './environment/environment.ts';
export {
  certificateFileIn,
  type EnvironmentFiles,
  environmentFilesIn,
  isSecretId,
  linesOf,
  readEnvironment,
  readKnownSecret,
  renderEnvironment,
  writeEnvironmentFiles,
} from './environment/environment-files.ts';
export { readIfThere } from './environment/private-file.ts';
export { environmentDirectory } from './environment-directory.ts';
export { type RegisterOptions, type RegisterResult, register } from './register.ts';
export {
  type Change,
  ForeignAppError,
  type Registration,
  type RegistrationOptions,
  registerApps,
} from './register-apps.ts';
export { describeChanges } from './settings/describe-changes.ts';
export { GraphRequestError } from './tenant/graph-error.ts';
export { usualUrls } from './usual-urls.ts';
