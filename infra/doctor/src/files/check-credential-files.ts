import { credentialVariables, isSecretId } from '@obo/app-registration';
import { certificateReserve } from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import { finding, fine, type Observation } from '../finding.ts';
import type { CertificateFile, Files } from './read-files.ts';

/** Looks at the middle tier's credential as far as it is on this machine. */
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
    const problem = `${path} has ${given.join(' and ')}, and the middle tier takes one of them only.`;
    observations.push(finding('several_credentials', problem, 'Take the others out.'));
  }
  if (middleTierApi.CLIENT_SECRET && isSecretId(middleTierApi.CLIENT_SECRET)) {
    observations.push(
      finding(
        'client_secret_is_its_id',
        `${path}: CLIENT_SECRET is a GUID: the ID of a client secret, and not its Value.`,
        `\`${register}\` makes a new one. In the portal: add a client secret, and copy its Value while it is shown.`,
      ),
    );
  }
  if (certificate !== null) observations.push(...checkCertificate(certificate, commands, now));
  if (observations.length > 0 || given.length === 0) return observations;
  return [fine(`The middle tier proves who it is with ${kinds[given[0] ?? ''] ?? given[0]}`)];
}

function checkCertificate(
  { path, certificate, hasKey }: CertificateFile,
  { register }: Commands,
  now: Date,
): Observation[] {
  const fix = `\`${register} --credential certificate\` makes a new one.`;
  if (certificate === null)
    return [finding('certificate_unusable', `${path} has no certificate that can be read.`, fix)];
  if (!hasKey)
    return [finding('certificate_unusable', `${path} lacks the private key of its certificate.`, fix)];
  const end = certificate.endDateTime.toISOString().slice(0, 10);
  if (certificate.endDateTime <= now)
    return [finding('certificate_expired', `The certificate in ${path} ended on ${end}.`, fix)];
  if (certificate.endDateTime.getTime() < now.getTime() + certificateReserve)
    return [finding('certificate_expires_soon', `The certificate in ${path} ends on ${end}.`, fix)];
  return [];
}

const kinds: Readonly<Record<string, string>> = {
  CLIENT_SECRET: 'a client secret',
  CLIENT_CERTIFICATE_FILE: 'a certificate',
  MANAGED_IDENTITY_CLIENT_ID: 'a managed identity',
  AZURE_FEDERATED_TOKEN_FILE: 'the token of a workload identity',
};
