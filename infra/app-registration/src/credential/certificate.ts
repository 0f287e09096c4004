import { createHash, X509Certificate } from 'node:crypto';
import { readIfThere, writePrivateFile } from '../environment/private-file.ts';
import { changeCertificates, type RegisteredApp } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import { credentialName, day, type OwnCredential } from './own-credentials.ts';

/** A certificate of this machine: its private key never leaves it. */
export interface LocalCertificate {
  /** DER in base64, as Graph takes it. */
  key: string;
  /** Made out of the certificate, so that it is found again by nothing but its file. */
  keyId: string;
  /** SHA-1 of the certificate, in hexadecimal: its thumbprint, by which Entra calls one that was uploaded. */
  thumbprint: string;
  endDateTime: Date;
}

const lifetime = 365 * day;
/** Milliseconds: a certificate that ends sooner than this is replaced. */
export const certificateReserve = 30 * day;

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/** Reads the certificate out of the file with the key pair; `null` when there is none that can be read. */
export async function readLocalCertificate(file: string): Promise<LocalCertificate | null> {
  const [pem] = block.exec((await readIfThere(file)) ?? '') ?? [];
  return pem === undefined ? null : describe(pem);
}

/** The known certificate, if the tenant has it and it lasts. */
export function lastingCertificate(
  app: RegisteredApp | null,
  known: LocalCertificate | null,
  now: Date,
): LocalCertificate | null {
  if (known === null || !lasts(known, now)) return null;
  return app?.keyCredentials.some(({ keyId }) => keyId === known.keyId) ? known : null;
}

const lasts = ({ endDateTime }: LocalCertificate, now: Date): boolean =>
  endDateTime.getTime() > now.getTime() + certificateReserve;

/** Certificates of this machine that serve no more: all but the one to keep. */
export function outdatedCertificates(
  app: RegisteredApp | null,
  keep: LocalCertificate | null,
): OwnCredential[] {
  return (app?.keyCredentials ?? []).filter(
    ({ keyId, displayName }) => displayName === credentialName() && keyId !== keep?.keyId,
  );
}

/**
 * Makes sure that there is a key pair with a certificate that lasts, and that the application knows it ("Add a
 * certificate to an app using Microsoft Graph"). A new one is for a year. The file comes first: what was interrupted
 * between the two is found and used by the next run.
 *
 * @param file Where key and certificate are kept, readable by their owner only.
 */
export async function ensureCertificate(
  graph: GraphClient,
  app: RegisteredApp,
  file: string,
  now: Date,
): Promise<LocalCertificate> {
  const known = await readLocalCertificate(file);
  const certificate = known !== null && lasts(known, now) ? known : await makeCertificate(file, now);
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

async function makeCertificate(file: string, now: Date): Promise<LocalCertificate> {
  // Only here: `start` needs no certificates, and its library takes long to load.
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
    // A UUID of version 8 (RFC 9562, section 5.8): made of what the application chooses.
    keyId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    thumbprint: fingerprint.replaceAll(':', ''),
    endDateTime: validToDate,
  };
}
