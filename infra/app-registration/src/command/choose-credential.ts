import { resolve } from 'node:path';
import type { CredentialChoice } from '../credential/credential.ts';
import { findManagedIdentity, type TrustedIdentity } from '../credential/federated-credential.ts';
import { type EarlierRun, federationVariables } from '../environment/earlier-run.ts';
import type { Environment } from '../environment/environment.ts';
import { certificateFileIn } from '../environment/environment-files.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './flags.ts';

export interface CredentialContext {
  graph: GraphClient;
  /** Issuer of the tokens that this tenant gives to managed identities. */
  issuer: string;
  tokenExchangeAudience: string;
  directory: string;
  earlier: EarlierRun['credential'];
}

type CredentialArguments = Pick<
  Arguments,
  'credential' | 'managedIdentity' | 'ficIssuer' | 'ficSubject' | 'ficAudience' | 'ficTokenFile'
>;

/** Where Azure Workload Identity puts the token ("Use Microsoft Entra Workload ID with AKS"). */
const defaultTokenFile = '/var/run/secrets/azure/tokens/azure-identity-token';

/**
 * Chooses the middle tier's credential: the command line's, otherwise the last run's, otherwise a secret.
 *
 * @throws {UsageError} when a federated credential is to be used and nothing names the identity.
 * @throws {NoManagedIdentity} when the tenant has no such managed identity.
 */
export async function chooseCredential(
  args: CredentialArguments,
  context: CredentialContext,
): Promise<CredentialChoice> {
  const { earlier, directory, tokenExchangeAudience } = context;
  const { ficIssuer: issuer, ficSubject: subject } = args;
  if (args.managedIdentity !== undefined) return managedIdentity(args.managedIdentity, context);
  if (issuer !== undefined && subject !== undefined) {
    const audience = args.ficAudience ?? tokenExchangeAudience;
    return workloadIdentity({ issuer, subject, audience }, args.ficTokenFile ?? defaultTokenFile);
  }
  const kind = args.credential ?? earlier?.kind ?? 'secret';
  if (kind === 'none' || kind === 'secret') return { kind };
  if (kind === 'certificate') return { kind, file: resolve(certificateFileIn(directory)) };
  if (earlier?.kind === 'managed-identity') return managedIdentity(earlier.id, context);
  if (earlier?.kind === 'workload-identity') return workloadIdentity(earlier, earlier.tokenFile);
  throw new UsageError(
    '--credential federated: name the identity to trust, with --managed-identity, or --fic-issuer and --fic-subject',
  );
}

async function managedIdentity(
  id: string,
  { graph, issuer, tokenExchangeAudience: audience }: CredentialContext,
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
