import type { GraphClient } from './graph-client.ts';
import { addPassword, type RegisteredApp, removePassword } from './tenant.ts';

/** A client secret as it is kept on this machine. */
export interface ClientSecret {
  keyId: string;
  secretText: string;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 90 * day;
/** A secret that ends sooner than this is replaced. */
const reserve = 7 * day;
const displayName = 'app-registration';

/**
 * Makes sure that there is a client secret that this machine knows and that lasts: keeps the known one, or adds
 * one for 90 days and takes away the known one and its expired predecessors.
 *
 * @param known The secret of an earlier run, if there was one.
 * @returns The secret, and whether it is new.
 */
export async function ensureSecret(
  graph: GraphClient,
  app: RegisteredApp,
  known: ClientSecret | null,
  now: Date,
): Promise<{ secret: ClientSecret; isNew: boolean }> {
  const lasting = app.passwordCredentials.some(
    ({ keyId, endDateTime }) => keyId === known?.keyId && endDateTime.getTime() > now.getTime() + reserve,
  );
  if (known && lasting) return { secret: known, isNew: false };

  const secret = await addPassword(graph, app, displayName, new Date(now.getTime() + lifetime));
  const outdated = app.passwordCredentials.filter(
    (credential) =>
      credential.keyId === known?.keyId ||
      (credential.displayName === displayName && credential.endDateTime <= now),
  );
  for (const { keyId } of outdated) await removePassword(graph, app, keyId);
  return { secret, isNew: true };
}
