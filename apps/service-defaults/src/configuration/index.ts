export { type DatabaseLocation, databaseLocationOf, databaseVariables } from './database-variables.ts';
export {
  applicationIdUri,
  ConfigurationError,
  commaSeparated,
  guid,
  httpUrl,
  lowerCaseGuids,
  parseConfiguration,
  port,
  webOrigin,
} from './parse-configuration.ts';
export {
  type ServiceOptions,
  serviceOptionsOf,
  serviceVariables,
  tracesOf,
  traceVariables,
} from './service-variables.ts';
