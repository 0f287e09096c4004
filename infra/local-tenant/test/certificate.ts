import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A client's private key (PEM) with its certificate (PEM, and DER as registered). */
export interface ClientCertificate {
  privateKey: string;
  pem: string;
  der: Buffer;
}

/** Creates an RSA key and a self-signed certificate, valid for a year. */
export async function createCertificate(commonName = 'client'): Promise<ClientCertificate> {
  const { private: privateKey, cert: pem } = await generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256',
  });
  return { privateKey, pem, der: new X509Certificate(pem).raw };
}
