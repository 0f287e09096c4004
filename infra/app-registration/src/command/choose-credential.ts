import { resolve } from 'node:path';
import type { CredentialChoice } from '../credential/credential.ts';
import { findManagedIdentity, type TrustedIdentity } from '../credential/federated-credential.ts';
import { federationVariables, type Remembered } from '../environment/earlier-run.ts';
import type { Environment } from '../environment/environment.ts';
import { certificateFileIn } from '../environment/environment-files.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './read-flags.ts';

export interface CredentialSurroundings {
  graph: GraphClient;
  /** Of the tokens that this tenant gives to managed identities. */
  issuer: string;
  tokenExchangeAudience: string;
  directory: string;
  remembered: Remembered['credential'];
}

type CredentialArguments = Pick<
  Arguments,
  'credential' | 'managed-identity' | 'fic-issuer' | 'fic-subject' | 'fic-audience' | 'fic-token-file'
>;

const usualTokenFile = '/var/run/secrets/azure/tokens/azure-identity-token';

/**
 * How the middle tier is to prove who it is: as the command line says, else as before, else with a secret.
 *
 * @throws {UsageError} when a federated credential is wanted and nobody says for which identity.
 * @throws {NoManagedIdentity}
 */
export async function chooseCredential(
  args: CredentialArguments,
  surroundings: CredentialSurroundings,
): Promise<CredentialChoice> {
  const { remembered, directory, tokenExchangeAudience } = surroundings;
  const issuer = args['fic-issuer'];
  const subject = args['fic-subject'];
  if (args['managed-identity'] !== undefined) return managedIdentity(args['managed-identity'], surroundings);
  if (issuer !== undefined && subject !== undefined) {
    const audience = args['fic-audience'] ?? tokenExchangeAudience;
    return workloadIdentity({ issuer, subject, audience }, args['fic-token-file'] ?? usualTokenFile);
  }
  const kind = args.credential ?? remembered?.kind ?? 'secret';
  if (kind === 'none' || kind === 'secret') return { kind };
  if (kind === 'certificate') return { kind, file: resolve(certificateFileIn(directory)) };
  if (remembered?.kind === 'managed-identity') return managedIdentity(remembered.id, surroundings);
  if (remembered?.kind === 'workload-identity') return workloadIdentity(remembered, remembered.tokenFile);
  throw new UsageError(
    '--credential federated: say which identity is to be trusted, with --managed-identity, or --fic-issuer and --fic-subject',
  );
}

async function managedIdentity(
  id: string,
  { graph, issuer, tokenExchangeAudience: audience }: CredentialSurroundings,
): Promise<CredentialChoice> {
  const { principalId, clientId } = await findManagedIdentity(graph, id);
  return {
    kind: 'federated',
    identity: { issuer, subject: principalId, audience },
    environment: { MANAGED_IDENTITY_CLIENT_ID: clientId, TOKEN_EXCHANGE_AUDIENCE: audience },
  };
}

function workloadIdentity(
  { issuer, subject, audience }: TrustedIdentity,
  tokenFile: string,
): CredentialChoice {
  const environment: Environment = {
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    [federationVariables.issuer]: issuer,
    [federationVariables.subject]: subject,
    [federationVariables.audience]: audience,
  };
  return { kind: 'federated', identity: { issuer, subject, audience }, environment };
}
