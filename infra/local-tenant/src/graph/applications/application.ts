import { tenant } from '../../directory/directory.ts';
import type { Application } from '../../directory/schema.ts';

type PasswordCredential = Application['passwordCredentials'][number];

/** A password credential as Graph shows it: the hint, never the secret, which is shown once by `addPassword`. */
export function representPassword(credential: PasswordCredential, secretText: string | null = null) {
  const { secretDigest: _digest, ...shown } = credential;
  return { customKeyIdentifier: null, ...shown, secretText };
}

/** An application as Graph's `application` resource. Certificates are shown without their `key`, as in lists. */
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
