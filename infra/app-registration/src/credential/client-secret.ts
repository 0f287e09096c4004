import { addPassword, type RegisteredApp, removePassword } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import { credentialName, day, type OwnCredential } from './own-credentials.ts';

/** A client secret as it is kept on this machine. */
export interface ClientSecret {
  keyId: string;
  secretText: string;
}

const lifetime = 90 * day;
/** Milliseconds: a secret that ends sooner than this is replaced. */
export const secretReserve = 7 * day;

/** Whether a secret may be the one that the tenant has with this hint. */
export const fitsHint = (secretText: string, hint: string | null | undefined): boolean =>
  secretText.startsWith(hint ?? '');

/** The known secret, if the tenant has it and it lasts. */
export function lastingSecret(
  app: RegisteredApp | null,
  known: ClientSecret | null,
  now: Date,
): ClientSecret | null {
  if (known === null) return null;
  const lasts = app?.passwordCredentials.some(
    ({ keyId, hint, endDateTime }) =>
      keyId === known.keyId &&
      fitsHint(known.secretText, hint) &&
      endDateTime.getTime() > now.getTime() + secretReserve,
  );
  return lasts ? known : null;
}

/**
 * Secrets of this machine that serve no more: all but the one to keep. What a colleague's machine added stays, and what
 * an interrupted run added and nobody knows goes.
 */
export function outdatedSecrets(app: RegisteredApp | null, keep: ClientSecret | null): OwnCredential[] {
  return (app?.passwordCredentials ?? []).filter(
    ({ keyId, displayName }) => displayName === credentialName() && keyId !== keep?.keyId,
  );
}

/** Adds a client secret for 90 days. Its text is in this answer and in no other. */
export const addSecret = (graph: GraphClient, app: RegisteredApp, now: Date): Promise<ClientSecret> =>
  addPassword(graph, app, credentialName(), new Date(now.getTime() + lifetime));

export async function removeSecrets(
  graph: GraphClient,
  app: RegisteredApp,
  secrets: readonly OwnCredential[],
): Promise<void> {
  for (const { keyId } of secrets) await removePassword(graph, app, keyId);
}
