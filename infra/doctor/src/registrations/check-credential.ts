import { type Environment, isSecretId } from '@obo/app-registration';
import {
  type LocalCertificate,
  matchesHint,
  type RegisteredApp,
  secretRenewalMargin,
} from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import type { CertificateFile } from '../files/read-files.ts';
import { type Finding, finding, type Observation, orPassed } from '../finding.ts';
import type { Trust } from './read-registrations.ts';

export interface Credential {
  app: string;
  application: RegisteredApp;
  /** The app's variables. */
  environment: Environment;
  certificate: CertificateFile | null;
  trust: Trust | null;
}

/** Checks that an app registration has the credential in the app's environment file. */
export function checkCredential(credential: Credential, commands: Commands, now: Date): Observation[] {
  const findings = [
    ...checkSecret(credential, commands, now),
    ...checkCertificate(credential, commands),
    ...checkTrust(credential, commands),
  ];
  return orPassed(findings, `${credential.app} has the credential in its file`);
}

function checkSecret(
  { app, application, environment }: Credential,
  { register }: Commands,
  now: Date,
): Finding[] {
  const { CLIENT_SECRET: secret, CLIENT_SECRET_KEY_ID: keyId } = environment;
  // The files section reports a secret's ID.
  if (!secret || isSecretId(secret)) return [];
  const fix = `\`${register}\` adds a new one, and removes unused ones.`;
  const known = application.passwordCredentials.filter(
    (candidate) => (!keyId || candidate.keyId === keyId) && matchesHint(secret, candidate.hint),
  );
  const last = known.toSorted((one, other) => other.endDateTime.getTime() - one.endDateTime.getTime())[0];
  if (last === undefined) {
    const problem = `${app} does not have the client secret in the environment file: none of its ${application.passwordCredentials.length} secrets has that ID and those first characters.`;
    return [finding('client_secret_unknown', problem, fix)];
  }
  const end = last.endDateTime.toISOString().slice(0, 10);
  if (last.endDateTime <= now)
    return [finding('client_secret_expired', `The client secret of ${app} expired on ${end}.`, fix)];
  if (last.endDateTime.getTime() < now.getTime() + secretRenewalMargin)
    return [finding('client_secret_expires_soon', `The client secret of ${app} expires on ${end}.`, fix)];
  return [];
}

function checkCertificate({ app, application, certificate }: Credential, { register }: Commands): Finding[] {
  const known = certificate?.certificate;
  if (!known || application.keyCredentials.some((each) => isOf(each, known))) return [];
  const problem = `${app} does not have the certificate in ${certificate.path}.`;
  return [finding('certificate_unknown', problem, `Add it: \`${register}\`.`)];
}

/** Checks for the same certificate, whether `register` added it or it was uploaded: Graph has its thumbprint in base64. */
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
    const fix = `Register with a user-assigned managed identity of this tenant: \`${register} --managed-identity <id>\`.`;
    return [finding('managed_identity_missing', problem, fix)];
  }
  const { issuer, subject, audience } = trust.identity;
  const problem = `${app} has no federated identity credential for subject ${subject}, issuer ${issuer} and audience ${audience}.`;
  return [finding('federated_credential_missing', problem, `Add it: \`${register}\`.`)];
}
