import { tenant } from '../../directory/directory.ts';
import type { Application } from '../../directory/schema.ts';

type PasswordCredential = Application['passwordCredentials'][number];

/** Represents a password credential as Graph does: with the hint. Only `addPassword` shows the secret, once. */
export function representPassword(credential: PasswordCredential, secretText: string | null = null) {
  const { secretDigest: _digest, ...shown } = credential;
  return { customKeyIdentifier: null, ...shown, secretText };
}

/** Represents an application as Graph's `application` resource. Certificates have no `key`, as in lists. */
export function representApplication(
  application: Application,
  deletedDateTime: string | null = null,
): Record<string, unknown> {
  const { federatedIdentityCredentials: _navigable, ...shown } = application;
  return {
    ...shown,
    deletedDateTime,
    publisherDomain: tenant.defaultDomain,
    appRoles: application.appRoles.map((role) => ({ ...role, origin: 'Application' })),
    passwordCredentials: application.passwordCredentials.map((credential) => representPassword(credential)),
    keyCredentials: application.keyCredentials.map((credential) => ({ ...credential, key: null })),
  };
}
