export { readGrants } from '../admin-consent.ts';
export {
  certificateRenewalMargin,
  type LocalCertificate,
  readLocalCertificate,
} from '../credential/certificate.ts';
export { matchesHint, secretRenewalMargin } from '../credential/client-secret.ts';
export {
  findManagedIdentity,
  isTrusted,
  NoManagedIdentity,
  readFederatedCredentials,
  type TrustedIdentity,
} from '../credential/federated-credential.ts';
export { compareSettings, type Difference, matches } from '../settings/compare-settings.ts';
export { desiredSettings, ownTag, type Settings } from '../settings/desired-settings.ts';
export { listDifference } from '../settings/list-difference.ts';
export { microsoftGraphAppId } from '../settings/microsoft-graph-scopes.ts';
export { findApplication, findServicePrincipal, type RegisteredApp, readTenantId } from './applications.ts';
export {
  type AuthenticationContextState,
  readAuthenticationContext,
  stepUpContext,
} from './authentication-context.ts';
export { findApps } from './find-apps.ts';
export { GraphClient } from './graph-client.ts';
export { GraphRequestError } from './graph-error.ts';
