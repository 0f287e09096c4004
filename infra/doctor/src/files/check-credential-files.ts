import { credentialVariables, isSecretId } from '@obo/app-registration';
import { certificateRenewalMargin } from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import { finding, type Observation, passed } from '../finding.ts';
import type { CertificateFile, Files } from './read-files.ts';

/** Checks the middle tier's credential, as far as it is on this machine. */
export function checkCredentialFiles(
  { files, environments, certificate }: Files,
  commands: Commands,
  now: Date,
): Observation[] {
  const { middleTierApi } = environments;
  const path = files.find(({ key }) => key === 'middleTierApi')?.path ?? '';
  const { register } = commands;
  const given = credentialVariables.filter((name) => middleTierApi[name]);
  const observations: Observation[] = [];
  if (given.length > 1) {
    const problem = `${path} has ${given.join(' and ')}, but the middle tier accepts only one of them.`;
    observations.push(finding('several_credentials', problem, 'Remove the others.'));
  }
  if (middleTierApi.CLIENT_SECRET && isSecretId(middleTierApi.CLIENT_SECRET)) {
    observations.push(
      finding(
        'client_secret_is_its_id',
        `${path}: CLIENT_SECRET is a GUID: the ID of a client secret, not its Value.`,
        `\`${register}\` adds a new secret. In the portal: add a client secret, and copy its Value while it is shown.`,
      ),
    );
  }
  if (certificate !== null) observations.push(...checkCertificate(certificate, commands, now));
  if (observations.length > 0 || given.length === 0) return observations;
  return [passed(`The middle tier authenticates with ${kinds[given[0] ?? ''] ?? given[0]}`)];
}

function checkCertificate(
  { path, certificate, hasKey }: CertificateFile,
  { register }: Commands,
  now: Date,
): Observation[] {
  const fix = `\`${register} --credential certificate\` creates a new one.`;
  if (certificate === null)
    return [finding('certificate_unusable', `${path} has no valid certificate.`, fix)];
  if (!hasKey)
    return [finding('certificate_unusable', `${path} lacks the private key of its certificate.`, fix)];
  const end = certificate.endDateTime.toISOString().slice(0, 10);
  if (certificate.endDateTime <= now)
    return [finding('certificate_expired', `The certificate in ${path} expired on ${end}.`, fix)];
  if (certificate.endDateTime.getTime() < now.getTime() + certificateRenewalMargin)
    return [finding('certificate_expires_soon', `The certificate in ${path} expires on ${end}.`, fix)];
  return [];
}

const kinds: Readonly<Record<string, string>> = {
  CLIENT_SECRET: 'a client secret',
  CLIENT_CERTIFICATE_FILE: 'a certificate',
  MANAGED_IDENTITY_CLIENT_ID: 'a managed identity',
  AZURE_FEDERATED_TOKEN_FILE: 'the token of a workload identity',
};
