import { createHash, X509Certificate } from 'node:crypto';
import { readIfExists, writePrivateFile } from '../environment/private-file.ts';
import { changeCertificates, type RegisteredApp } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import { credentialName, day, type OwnCredential } from './own-credentials.ts';

/** A certificate of this machine. Its private key is never sent anywhere. */
export interface LocalCertificate {
  /** DER in base64, the format that Graph requires. */
  key: string;
  /** Derived from the certificate, so that its file alone is enough to find it in the tenant. */
  keyId: string;
  /** SHA-1 of the certificate, in hexadecimal. Entra identifies uploaded certificates by it. */
  thumbprint: string;
  endDateTime: Date;
}

const lifetime = 365 * day;
/** Milliseconds before its expiry from which a certificate is replaced. */
export const certificateRenewalMargin = 30 * day;

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/** Reads the certificate from the file with the key pair; `null` when the file has none. */
export async function readLocalCertificate(file: string): Promise<LocalCertificate | null> {
  const [pem] = block.exec((await readIfExists(file)) ?? '') ?? [];
  return pem === undefined ? null : describe(pem);
}

/** Returns the known certificate if the tenant has it and it need not be replaced yet. */
export function usableCertificate(
  app: RegisteredApp | null,
  known: LocalCertificate | null,
  now: Date,
): LocalCertificate | null {
  if (known === null || expiresSoon(known, now)) return null;
  return app?.keyCredentials.some(({ keyId }) => keyId === known.keyId) ? known : null;
}

const expiresSoon = ({ endDateTime }: LocalCertificate, now: Date): boolean =>
  endDateTime.getTime() <= now.getTime() + certificateRenewalMargin;

/** Lists the certificates that this machine added, except the one to keep. */
export function outdatedCertificates(
  app: RegisteredApp | null,
  keep: LocalCertificate | null,
): OwnCredential[] {
  return (app?.keyCredentials ?? []).filter(
    ({ keyId, displayName }) => displayName === credentialName() && keyId !== keep?.keyId,
  );
}

/**
 * Makes sure that there is a key pair, and that the application knows its certificate ("Add a certificate to an app using
 * Microsoft Graph"). A new certificate is valid for a year. The file is written first, so that the next run finds it if
 * this one is interrupted.
 *
 * @param file Path of the key pair, which only its owner can read.
 * @throws {GraphRequestError} when Graph rejects the certificate.
 */
export async function ensureCertificate(
  graph: GraphClient,
  app: RegisteredApp,
  file: string,
  now: Date,
): Promise<LocalCertificate> {
  const known = await readLocalCertificate(file);
  const certificate = known !== null && !expiresSoon(known, now) ? known : await createCertificate(file, now);
  if (app.keyCredentials.some(({ keyId }) => keyId === certificate.keyId)) return certificate;
  const { key, keyId } = certificate;
  await changeCertificates(graph, app, {
    remove: new Set(),
    add: [{ keyId, type: 'AsymmetricX509Cert', usage: 'Verify', displayName: credentialName(), key }],
  });
  return certificate;
}

export async function removeCertificates(
  graph: GraphClient,
  app: RegisteredApp,
  certificates: readonly OwnCredential[],
): Promise<void> {
  if (certificates.length === 0) return;
  await changeCertificates(graph, app, { remove: new Set(certificates.map(({ keyId }) => keyId)), add: [] });
}

async function createCertificate(file: string, now: Date): Promise<LocalCertificate> {
  // Imported on demand: it loads slowly, and few runs create a certificate.
  const { generate } = await import('selfsigned');
  const pair = await generate([{ name: 'commonName', value: 'middle-tier-api' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: new Date(now.getTime() + lifetime),
  });
  await writePrivateFile(file, `${pair.private.trim()}\n${pair.cert.trim()}\n`);
  return describe(pair.cert);
}

function describe(pem: string): LocalCertificate {
  const { raw, validToDate, fingerprint } = new X509Certificate(pem);
  const hex = createHash('sha256').update(raw).digest('hex');
  return {
    key: raw.toString('base64'),
    // A UUID of version 8 (RFC 9562, section 5.8), whose bits the application chooses.
    keyId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    thumbprint: fingerprint.replaceAll(':', ''),
    endDateTime: validToDate,
  };
}
