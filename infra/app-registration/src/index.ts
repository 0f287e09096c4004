export { clouds, cloudWith } from './clouds.ts';
export type { ClientSecret } from './credential/client-secret.ts';
export { secretVariables } from './credential/credential.ts';
export { describeChanges } from './describe-changes.ts';
export {
  type AppDescription,
  type AppKey,
  appKeys,
  type DescriptionParameters,
  defaultNamePrefix,
  describeApps,
  type ExposedScope,
} from './description.ts';
export {
  credentialVariables,
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
  isSecretId,
  linesOf,
  readEnvironment,
  readKnownSecret,
  renderEnvironment,
  writeEnvironmentFiles,
} from './environment-files.ts';
export { GraphRequestError } from './graph-error.ts';
export { readIfThere } from './private-file.ts';
export { type RegisterOptions, type RegisterResult, register } from './register.ts';
export {
  type Change,
  ForeignAppError,
  type Registration,
  type RegistrationOptions,
  registerApps,
} from './register-apps.ts';
export { type Remembered, readRemembered } from './remembered.ts';
export { usualUrls } from './usual-urls.ts';
