export type { AppKey } from './apps.ts';
export { clouds, cloudWith } from './clouds.ts';
export { secretVariables } from './credential/credential.ts';
export {
  type AppDescription,
  defaultNamePrefix,
  describeApps,
  findApp,
} from './description.ts';
export { credentialIn, type EarlierRun, readEarlierRun } from './environment/earlier-run.ts';
export {
  credentialVariables,
  defaultUrls,
  type Environment,
  environments,
  isOnThisMachine,
  missingVariables,
  type Urls,
} from './environment/environment.ts';
export {
  certificateFileIn,
  environmentDirectory,
  environmentFilesIn,
  isSecretId,
  readEnvironment,
  renderLines,
  writeEnvironmentFiles,
} from './environment/environment-files.ts';
export { readIfExists } from './environment/private-file.ts';
export { type RegisterOptions, type RegisterResult, register } from './register.ts';
export { describeChanges } from './settings/describe-changes.ts';
