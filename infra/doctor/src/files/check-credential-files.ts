import { credentialVariables, isSecretId } from '@obo/app-registration';
import { certificateRenewalMargin } from '@obo/app-registration/tenant';
import type { Commands } from '../commands.ts';
import { finding, type Observation, passed } from '../finding.ts';
import type { CertificateFile, Files } from './read-files.ts';

/** Checks the credential of the middle tier, and of the backend for frontend, as far as it is on this machine. */
export const checkCredentialFiles = (files: Files, commands: Commands, now: Date): Observation[] =>
  (['middleTierApi', 'bff'] as const).flatMap((key) => checkCredentialFile(key, files, commands, now));

function checkCredentialFile(
  key: 'middleTierApi' | 'bff',
  { files, environments, certificates }: Files,
  commands: Commands,
  now: Date,
): Observation[] {
  const environment = environments[key];
  const app = { middleTierApi: 'the middle tier', bff: 'the backend for frontend' }[key];
  const certificate = certificates[key];
  const path = files.find((file) => file.key === key)?.path ?? '';
  const { register } = commands;
  const given = credentialVariables.filter((name) => environment[name]);
  const observations: Observation[] = [];
  if (given.length > 1) {
    const problem = `${path} has ${given.join(' and ')}, but ${app} accepts only one of them.`;
    observations.push(finding('several_credentials', problem, 'Remove the others.'));
  }
  if (environment.CLIENT_SECRET && isSecretId(environment.CLIENT_SECRET)) {
    observations.push(
      finding(
        'client_secret_is_its_id',
        `${path}: CLIENT_SECRET is a GUID: the ID of a client secret, not its Value.`,
        `\`${register}\` adds a new secret. In the portal: add a client secret, and copy its Value while it is shown.`,
      ),
    );
  }
  if (certificate) observations.push(...checkCertificate(certificate, commands, now));
  if (observations.length > 0 || given.length === 0) return observations;
  const kind = kinds[given[0] ?? ''] ?? given[0];
  return [passed(`${app.charAt(0).toUpperCase()}${app.slice(1)} authenticates with ${kind}`)];
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
