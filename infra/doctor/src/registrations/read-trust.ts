import type { EarlierRun } from '@obo/app-registration';
import {
  findManagedIdentity,
  type GraphClient,
  isTrusted,
  NoManagedIdentity,
  type RegisteredApp,
  readFederatedCredentials,
  type TrustedIdentity,
} from '@obo/app-registration/tenant';

/** The identity that the middle tier's file names, and whether its app registration trusts it. */
export interface Trust {
  /** `null` when the tenant has no such managed identity. */
  identity: TrustedIdentity | null;
  isTrusted: boolean;
}

/**
 * Reads whether the middle tier's app registration trusts the identity in its file.
 *
 * @param managed Issuer and audience of managed identities' tokens.
 * @returns `null` when the file names no federated identity.
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 */
export async function readTrust(
  graph: GraphClient,
  app: RegisteredApp,
  credential: EarlierRun['credential'],
  managed: Pick<TrustedIdentity, 'issuer' | 'audience'>,
): Promise<Trust | null> {
  if (credential?.kind !== 'managed-identity' && credential?.kind !== 'workload-identity') return null;
  const credentials = await readFederatedCredentials(graph, app);
  if (credential.kind === 'workload-identity')
    return { identity: credential, isTrusted: isTrusted(credentials, credential) };
  try {
    const { principalId } = await findManagedIdentity(graph, credential.id);
    const identity = { ...managed, subject: principalId };
    return { identity, isTrusted: isTrusted(credentials, identity) };
  } catch (error) {
    if (error instanceof NoManagedIdentity) return { identity: null, isTrusted: false };
    throw error;
  }
}
