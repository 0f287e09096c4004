import { hostname } from 'node:os';

export const day = 24 * 60 * 60 * 1000;

/** A credential that this machine added to the tenant. */
export interface OwnCredential {
  keyId: string;
}

/** What credentials of this machine are called in the tenant, so that those of colleagues are left alone. */
export const credentialName = (): string => `app-registration on ${hostname()}`.slice(0, 90);
