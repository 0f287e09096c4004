export {
  type Configuration,
  ConfigurationError,
  readConfiguration,
  variablesSchema,
} from './configuration.ts';
export { type Directory, tenant } from './directory/directory.ts';
export { azureCliAppId, microsoftGraphAppId } from './directory/first-party-applications.ts';
export { password, type User, users } from './directory/users.ts';
export type { TenantEvent, TokenRequestCounts } from './entra/entra-services.ts';
export { entraErrors } from './entra/errors/entra-error.ts';
export type { SigningKeys } from './entra/keys/signing-keys.ts';
export type { Lifetimes } from './entra/lifetimes.ts';
export {
  type AuthorityMetadata,
  createLocalTenant,
  type LocalTenant,
  type LocalTenantOptions,
} from './local-tenant.ts';
export {
  browseOverHttp,
  SignInError,
  type SignInOptions,
  signInForDeviceOverHttp,
  signInForProgramOverHttp,
  signInForWebAppOverHttp,
  signInOverHttp,
  type TokenResponse,
} from './sign-in-over-http.ts';
export type { Services } from './switches/services.ts';
