import { createHash, randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Application } from '../../directory/schema.ts';
import { badRequest, invalidValue } from '../graph-error.ts';
import type { ApplicationRequest } from './application-request.ts';

/** The body of `addPassword` ("application: addPassword"). */
export const addPasswordSchema = z.strictObject({
  passwordCredential: z
    .strictObject({
      displayName: z.string().max(90).nullable(),
      startDateTime: z.iso.datetime({ offset: true }),
      endDateTime: z.iso.datetime({ offset: true }),
    })
    .partial()
    .default({}),
});

export const removePasswordSchema = z.strictObject({ keyId: z.guid() });

type PasswordCredential = Application['passwordCredentials'][number];
type KeyCredential = Application['keyCredentials'][number];

/** Creates a secret, valid for two years unless the request says otherwise. */
export function createPassword(
  { displayName = null, startDateTime, endDateTime }: z.infer<typeof addPasswordSchema>['passwordCredential'],
  now: Date,
): { credential: PasswordCredential; secretText: string } {
  const start = startDateTime === undefined ? now : new Date(startDateTime);
  const end = endDateTime === undefined ? yearsAfter(start, 2) : new Date(endDateTime);
  if (end <= start) throw badRequest('Key credential end date is invalid.');
  const secretText = createSecretText();
  return {
    secretText,
    credential: {
      keyId: randomUUID(),
      displayName,
      hint: secretText.slice(0, 3),
      startDateTime: start.toISOString(),
      endDateTime: end.toISOString(),
      secretDigest: createHash('sha256').update(secretText).digest('base64url'),
    },
  };
}

/** Creates a secret that looks like Entra's: forty characters, with `8Q~` after the first three. */
function createSecretText(): string {
  const text = randomBytes(28).toString('base64url').replaceAll('_', '.');
  return `${text.slice(0, 3)}8Q~${text.slice(3)}`.slice(0, 40);
}

function yearsAfter(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

/** Reads the certificates in a request, as Graph does. A known one without its key stays as it is. */
export function readKeyCredentials(
  sent: NonNullable<ApplicationRequest['keyCredentials']>,
  kept: readonly KeyCredential[],
): KeyCredential[] {
  return sent.map(({ keyId, key, displayName, type, usage, ...times }) => {
    const same = kept.find((credential) =>
      key === null ? credential.keyId === keyId : credential.key === key,
    );
    if (same) return { ...same, displayName: displayName ?? same.displayName };
    if (key === null) throw invalidValue('keyCredentials', 'Application');
    const certificate = readCertificate(key);
    const from = new Date(times.startDateTime ?? certificate.validFrom);
    const until = new Date(times.endDateTime ?? certificate.validTo);
    if (from < new Date(certificate.validFrom) || until > new Date(certificate.validTo) || until <= from) {
      throw badRequest('Key credential end date is invalid.');
    }
    return {
      keyId: keyId ?? randomUUID(),
      displayName: displayName ?? certificate.subject,
      type,
      usage,
      key,
      startDateTime: from.toISOString(),
      endDateTime: until.toISOString(),
      customKeyIdentifier:
        times.customKeyIdentifier ??
        Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64'),
    };
  });
}

function readCertificate(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, 'base64'));
  } catch {
    throw invalidValue('keyCredentials', 'Application');
  }
}
