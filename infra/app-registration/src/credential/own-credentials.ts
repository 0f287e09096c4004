import { hostname } from 'node:os';

export const day = 24 * 60 * 60 * 1000;

/** A credential that this machine added to the tenant. */
export interface OwnCredential {
  keyId: string;
}

/** Returns the display name of this machine's credentials, by which they differ from those of other machines. */
export const credentialName = (): string => `app-registration on ${hostname()}`.slice(0, 90);
