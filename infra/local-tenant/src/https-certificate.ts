import { generateKeyPair, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selfSignedCertificate } from './entra/keys/self-signed-certificate.ts';

/** What a TLS server proves itself with, in PEM. The certificate is its own authority. */
export interface ServerCertificate {
  key: string;
  cert: string;
}

const dayMs = 86_400_000;
const loopback = {
  names: ['localhost'],
  addresses: [Buffer.from([127, 0, 0, 1]), Buffer.concat([Buffer.alloc(15), Buffer.from([1])])],
};

/** Makes a certificate for this machine's loopback interface, good for a year. */
export async function createServerCertificate(): Promise<ServerCertificate> {
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const validity = { from: new Date(Date.now() - dayMs), until: new Date(Date.now() + 365 * dayMs) };
  const certificate = selfSignedCertificate('localhost', keys, validity, loopback);
  return {
    key: String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: new X509Certificate(certificate).toString(),
  };
}

/**
 * Opens `https-certificate.pem` and `https-key.pem` in that directory. Makes them if they are missing or end within a day.
 *
 * @returns The certificate, and the path of the file that clients have to trust.
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
  const made = await createServerCertificate();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, made.key, { mode: 0o600 });
  writeFileSync(file, made.cert);
  return { ...made, file };
}
