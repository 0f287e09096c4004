import type { Remembered } from '@obo/app-registration';
import {
  findManagedIdentity,
  type GraphClient,
  isTrusted,
  NoManagedIdentity,
  type RegisteredApp,
  readFederatedCredentials,
  type TrustedIdentity,
} from '@obo/app-registration/tenant';

/** Whether the middle tier trusts the identity that its file names. */
export interface Trust {
  /** `null` when the tenant has no such managed identity. */
  identity: TrustedIdentity | null;
  isTrusted: boolean;
}

/**
 * Reads what the middle tier's registration trusts; `null` when its file names no other identity.
 *
 * @throws {GraphRequestError}
 */
export async function readTrust(
  graph: GraphClient,
  app: RegisteredApp,
  credential: Remembered['credential'],
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
