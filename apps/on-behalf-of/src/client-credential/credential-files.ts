import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate and its key, in the form of MSAL's `clientCertificate`. */
export interface ClientCertificate {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** Hexadecimal; sent in the assertion's header as `x5t#S256`. */
  thumbprintSha256: string;
}

/** A file that cannot be used as a credential. The message gives the reason, and quotes nothing from the file. */
export class CredentialUnusable extends Error {
  override readonly name = 'CredentialUnusable';
}

const keyBlock = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/;
const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads a private key and its certificate from a PEM text, in any order, as Key Vault and openssl write them. If there
 * are several certificates, it selects the one for the key: the others are its issuers.
 *
 * Source: "Microsoft identity platform application authentication certificate credentials".
 *
 * @throws {CredentialUnusable} if one is missing, they do not belong together, the key is not RSA, or the certificate has
 *   expired.
 */
export function readCertificate(pem: string, now = new Date()): ClientCertificate {
  const privateKey = readKey(pem);
  const certificates = (pem.match(certificateBlock) ?? []).map(parse);
  if (certificates.length === 0) throw new CredentialUnusable('contains no certificate');
  const certificate = certificates.find((each) => each.checkPrivateKey(privateKey));
  if (!certificate) throw new CredentialUnusable('contains a certificate for another key');
  if (certificate.validToDate <= now) {
    throw new CredentialUnusable(
      `contains a certificate that expired on ${certificate.validToDate.toISOString().slice(0, 10)}`,
    );
  }
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprintSha256: createHash('sha256').update(certificate.raw).digest('hex'),
  };
}

/**
 * Reads the token for a workload identity, as the platform writes it.
 *
 * @throws {CredentialUnusable} if it is not a JWT.
 */
export function readAssertion(text: string): string {
  const token = text.trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new CredentialUnusable('contains no token');
  return token;
}

function readKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem))
    throw new CredentialUnusable('contains an encrypted private key');
  const [text] = keyBlock.exec(pem) ?? [];
  if (text === undefined) throw new CredentialUnusable('contains no private key');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    throw new CredentialUnusable('contains a private key that cannot be read');
  }
  if (key.asymmetricKeyType !== 'rsa') throw new CredentialUnusable('contains a private key that is not RSA');
  return key;
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CredentialUnusable('contains a certificate that cannot be read');
  }
}
