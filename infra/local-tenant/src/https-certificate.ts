import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A TLS server's private key and self-signed certificate, in PEM. */
export interface ServerCertificate {
  key: string;
  cert: string;
}

const dayMs = 86_400_000;

/** Creates a certificate for this machine's loopback addresses, valid for a year. */
export async function createServerCertificate(): Promise<ServerCertificate> {
  // Loaded only when used: it takes a quarter of the time to start.
  const { generate } = await import('selfsigned');
  const generated = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + 365 * dayMs),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { key: generated.private, cert: generated.cert };
}

/**
 * Reads `https-certificate.pem` and `https-key.pem` from a directory. Creates them if they are missing or expire
 * within a day.
 *
 * @returns The certificate, and the path of the file that clients must trust.
 */
export async function openServerCertificate(
  directory: string,
): Promise<ServerCertificate & { file: string }> {
  const file = join(directory, 'https-certificate.pem');
  const keyFile = join(directory, 'https-key.pem');
  if (existsSync(file) && existsSync(keyFile)) {
    const cert = readFileSync(file, 'utf8');
    if (Date.parse(new X509Certificate(cert).validTo) > Date.now() + dayMs)
      return { cert, key: readFileSync(keyFile, 'utf8'), file };
  }
  const created = await createServerCertificate();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, created.key, { mode: 0o600 });
  writeFileSync(file, created.cert);
  return { ...created, file };
}
