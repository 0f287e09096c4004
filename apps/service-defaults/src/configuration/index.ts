export {
  ConfigurationError,
  commaSeparated,
  httpUrl,
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
