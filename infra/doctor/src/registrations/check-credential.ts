import { type Environment, isSecretId } from '@obo/app-registration';
import {
  fitsHint,
  type LocalCertificate,
  type RegisteredApp,
  secretReserve,
} from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import type { CertificateFile } from '../files/read-files.ts';
import { type Finding, finding, type Observation, orFine } from '../finding.ts';
import type { Trust } from './read-trust.ts';

export interface Credential {
  app: string;
  application: RegisteredApp;
  /** The middle tier's variables. */
  environment: Environment;
  certificate: CertificateFile | null;
  trust: Trust | null;
}

/** Looks whether the tenant takes the credential that the middle tier has. */
export function checkCredential(credential: Credential, commands: Commands, now: Date): Observation[] {
  const findings = [
    ...checkSecret(credential, commands, now),
    ...checkCertificate(credential, commands),
    ...checkTrust(credential, commands),
  ];
  return orFine(findings, `${credential.app} takes the credential of the middle tier`);
}

function checkSecret(
  { app, application, environment }: Credential,
  { register }: Commands,
  now: Date,
): Finding[] {
  const { CLIENT_SECRET: secret, CLIENT_SECRET_KEY_ID: keyId } = environment;
  // That a GUID is none was said of the file already.
  if (!secret || isSecretId(secret)) return [];
  const fix = `\`${register}\` makes a new one, and takes away what serves no more.`;
  const known = application.passwordCredentials.filter(
    (each) => (!keyId || each.keyId === keyId) && fitsHint(secret, each.hint),
  );
  const last = known.toSorted((one, other) => other.endDateTime.getTime() - one.endDateTime.getTime())[0];
  if (last === undefined) {
    const problem = `${app} does not know the client secret of the environment file: none of its ${application.passwordCredentials.length} has that ID and begins like it.`;
    return [finding('client_secret_unknown', problem, fix)];
  }
  const end = last.endDateTime.toISOString().slice(0, 10);
  if (last.endDateTime <= now)
    return [finding('client_secret_expired', `The client secret of ${app} ended on ${end}.`, fix)];
  if (last.endDateTime.getTime() < now.getTime() + secretReserve)
    return [finding('client_secret_expires_soon', `The client secret of ${app} ends on ${end}.`, fix)];
  return [];
}

function checkCertificate({ app, application, certificate }: Credential, { register }: Commands): Finding[] {
  const known = certificate?.certificate;
  if (!known || application.keyCredentials.some((each) => isOf(each, known))) return [];
  const problem = `${app} does not know the certificate in ${certificate.path}.`;
  return [finding('certificate_unknown', problem, `Add it: \`${register}\`.`)];
}

/** Whether it is the same certificate, added by `register`, or uploaded: Graph has the thumbprint in base64. */
function isOf(
  { keyId, customKeyIdentifier }: RegisteredApp['keyCredentials'][number],
  { keyId: ownKeyId, thumbprint }: LocalCertificate,
): boolean {
  const identifiers = [thumbprint, Buffer.from(thumbprint, 'hex').toString('base64')];
  return keyId === ownKeyId || identifiers.includes(customKeyIdentifier ?? '');
}

function checkTrust({ app, environment, trust }: Credential, { register }: Commands): Finding[] {
  if (trust === null || trust.isTrusted) return [];
  if (trust.identity === null) {
    const problem = `The tenant has no managed identity ${environment.MANAGED_IDENTITY_CLIENT_ID} (MANAGED_IDENTITY_CLIENT_ID).`;
    const fix = `Register with a user-assigned one of this tenant: \`${register} --managed-identity <id>\`.`;
    return [finding('managed_identity_missing', problem, fix)];
  }
  const { issuer, subject, audience } = trust.identity;
  const problem = `${app} has no federated identity credential for ${subject} of ${issuer} with the audience ${audience}.`;
  return [finding('federated_credential_missing', problem, `Add it: \`${register}\`.`)];
}
