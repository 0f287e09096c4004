import { dirname } from 'node:path';
import type { AppKey } from '../apps.ts';
import type { Environment } from '../environment/environment.ts';
import { certificateFileIn } from '../environment/environment-files.ts';
import type { RegisteredApp } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import {
  ensureCertificate,
  type LocalCertificate,
  outdatedCertificates,
  readLocalCertificate,
  removeCertificates,
  usableCertificate,
} from './certificate.ts';
import {
  addSecret,
  type ClientSecret,
  outdatedSecrets,
  removeSecrets,
  usableSecret,
} from './client-secret.ts';
import {
  ensureTrust,
  isTrusted,
  readFederatedCredentials,
  type TrustedIdentity,
} from './federated-credential.ts';

/** The kind of credential that the middle tier gets, and the backend for frontend too. */
export type CredentialChoice =
  /** The credential is not compared. */
  | { kind: 'none' }
  | { kind: 'secret' }
  /** `file`: path of the middle tier's key pair on this machine. */
  | { kind: 'certificate'; file: string }
  /** `environment`: variables that tell the app where to get its token. */
  | { kind: 'federated'; identity: TrustedIdentity; environment: Environment };

/** Returns the credential of an app: the same for all, but each has its own key pair. */
export const credentialOf = (key: AppKey, choice: CredentialChoice): CredentialChoice =>
  choice.kind === 'certificate' && key !== 'middleTierApi'
    ? { ...choice, file: certificateFileIn(dirname(choice.file), key) }
    : choice;

/** A change of an app's credential. */
export interface CredentialChange {
  property: 'client secret' | 'certificate' | 'federated identity credential';
  from: unknown;
  to: unknown;
}

export interface CredentialParameters {
  choice: CredentialChoice;
  /** The client secret in the environment file, if any. */
  knownSecret: ClientSecret | null;
  now: Date;
}

/** Lists what {@link ensureCredential} would change. `app` is `null` before it is created. */
export async function planCredential(
  graph: GraphClient,
  app: RegisteredApp | null,
  { choice, knownSecret, now }: CredentialParameters,
): Promise<CredentialChange[]> {
  const secret = choice.kind === 'secret' ? usableSecret(app, knownSecret, now) : null;
  const certificate =
    choice.kind === 'certificate'
      ? usableCertificate(app, await readLocalCertificate(choice.file), now)
      : null;
  const changes: CredentialChange[] = [];
  if (choice.kind === 'none') return changes;
  if (choice.kind === 'secret' && secret === null)
    changes.push({ property: 'client secret', from: null, to: 'added, for 90 days' });
  if (choice.kind === 'certificate' && certificate === null)
    changes.push({ property: 'certificate', from: null, to: `added, for a year, its key in ${choice.file}` });
  if (choice.kind === 'federated') {
    const credentials = app === null ? [] : await readFederatedCredentials(graph, app);
    if (!isTrusted(credentials, choice.identity)) changes.push(trustOf(choice.identity));
  }
  for (const { keyId } of outdatedSecrets(app, secret))
    changes.push({ property: 'client secret', from: keyId, to: null });
  for (const { keyId } of outdatedCertificates(app, certificate))
    changes.push({ property: 'certificate', from: keyId, to: null });
  return changes;
}

/**
 * Makes sure that an app has the chosen credential, and removes others that this machine added.
 *
 * @returns The changes, as {@link planCredential} lists them, and the variables for the app.
 * @throws {GraphRequestError} when Graph rejects a change.
 */
export async function ensureCredential(
  graph: GraphClient,
  app: RegisteredApp,
  parameters: CredentialParameters,
): Promise<{ changes: CredentialChange[]; environment: Environment }> {
  const { choice, knownSecret, now } = parameters;
  const changes = await planCredential(graph, app, parameters);
  let environment: Environment;
  let secret: ClientSecret | null = null;
  let certificate: LocalCertificate | null = null;
  switch (choice.kind) {
    case 'none':
      return { changes, environment: {} };
    case 'secret':
      secret = usableSecret(app, knownSecret, now) ?? (await addSecret(graph, app, now));
      environment = secretVariables(secret);
      break;
    case 'certificate':
      certificate = await ensureCertificate(graph, app, choice.file, now);
      environment = { CLIENT_CERTIFICATE_FILE: choice.file };
      break;
    case 'federated':
      await ensureTrust(graph, app, choice.identity);
      environment = choice.environment;
  }
  await removeSecrets(graph, app, outdatedSecrets(app, secret));
  await removeCertificates(graph, app, outdatedCertificates(app, certificate));
  return { changes, environment };
}

const trustOf = ({ issuer, subject, audience }: TrustedIdentity): CredentialChange => ({
  property: 'federated identity credential',
  from: null,
  to: `trusts ${subject} of ${issuer} for ${audience}`,
});

/** Returns the variables with an app's secret, and with its ID for the next run. */
export const secretVariables = ({ secretText, keyId }: ClientSecret): Environment => ({
  CLIENT_SECRET: secretText,
  CLIENT_SECRET_KEY_ID: keyId,
});
