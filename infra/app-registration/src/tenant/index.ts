export { compareSettings, type Difference, matches } from '../compare-settings.ts';
export { readAllGrants } from '../consent-for-everyone.ts';
export {
  certificateReserve,
  type LocalCertificate,
  readLocalCertificate,
} from '../credential/certificate.ts';
export { fitsHint, secretReserve } from '../credential/client-secret.ts';
export {
  findManagedIdentity,
  isTrusted,
  NoManagedIdentity,
  readFederatedCredentials,
  type TrustedIdentity,
} from '../credential/federated-credential.ts';
export { desiredSettings, ownTag, type Settings } from '../desired-settings.ts';
export { findApps } from '../find-apps.ts';
export { createGraphClient, type GraphClient } from '../graph-client.ts';
export { GraphRequestError } from '../graph-error.ts';
export { listDifference } from '../list-difference.ts';
export { microsoftGraphAppId } from '../microsoft-graph-scopes.ts';
export { named } from '../register-apps.ts';
export { findApplication, findServicePrincipal, type RegisteredApp, readTenantId } from '../tenant.ts';
