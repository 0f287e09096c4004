import { addPassword, type RegisteredApp, removePassword } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import { credentialName, day, type OwnCredential } from './own-credentials.ts';

/** A client secret, as the environment file keeps it. */
export interface ClientSecret {
  keyId: string;
  secretText: string;
}

const lifetime = 90 * day;
/** Milliseconds before its expiry from which a secret is replaced. */
export const secretRenewalMargin = 7 * day;

/** Checks whether a secret can be the one with this hint: Graph shows a secret's first characters. */
export const matchesHint = (secretText: string, hint: string | null | undefined): boolean =>
  secretText.startsWith(hint ?? '');

/** Returns the known secret if the tenant has it and it need not be replaced yet. */
export function usableSecret(
  app: RegisteredApp | null,
  known: ClientSecret | null,
  now: Date,
): ClientSecret | null {
  if (known === null) return null;
  const isUsable = app?.passwordCredentials.some(
    ({ keyId, hint, endDateTime }) =>
      keyId === known.keyId &&
      matchesHint(known.secretText, hint) &&
      endDateTime.getTime() > now.getTime() + secretRenewalMargin,
  );
  return isUsable ? known : null;
}

/**
 * Lists the secrets that this machine added, except the one to keep. They include secrets that an interrupted run added
 * and did not write to its file, and no secret of another machine.
 */
export function outdatedSecrets(app: RegisteredApp | null, keep: ClientSecret | null): OwnCredential[] {
  return (app?.passwordCredentials ?? []).filter(
    ({ keyId, displayName }) => displayName === credentialName() && keyId !== keep?.keyId,
  );
}

/** Adds a client secret that is valid for 90 days. Graph returns its text this once. */
export const addSecret = (graph: GraphClient, app: RegisteredApp, now: Date): Promise<ClientSecret> =>
  addPassword(graph, app, credentialName(), new Date(now.getTime() + lifetime));

export async function removeSecrets(
  graph: GraphClient,
  app: RegisteredApp,
  secrets: readonly OwnCredential[],
): Promise<void> {
  for (const { keyId } of secrets) await removePassword(graph, app, keyId);
}
