import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import { z } from 'zod';
import { readJsonFile, writePrivateJsonFile } from '../../directory/json-file.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const fileSchema = z.object({
  /** Newest last. PKCS #8 and X.509, both PEM. */
  keys: z.array(z.object({ privateKey: z.string(), certificate: z.string() })).default([]),
});

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  certificate: X509Certificate;
}

/** The keys that sign tokens. The newest signs; all of them are published until they are withdrawn. */
export interface SigningKeys {
  /** Signs new tokens. */
  current(): { kid: string; privateKey: KeyObject };
  /** Key with that id, if it is published. */
  find(kid: string): KeyObject | undefined;
  /** Public keys as JWKs (RFC 7517), newest last. */
  published(): JWK[];
  /** Adds a key and signs with it from now on. The others stay published. */
  rotate(): Promise<void>;
  /**
   * Stops publishing every key but the one that signs.
   * Tokens signed with the others are refused from now on, here and wherever keys are read again.
   */
  withdraw(): void;
}

const fiveYearsMs = 5 * 365 * 86_400_000;
const generate = promisify(generateKeyPair);

/**
 * Opens the key file, or makes a first key.
 *
 * @param file Path of the JSON file (mode 0600), or `null` to keep the keys in memory.
 * @throws {z.ZodError} when the file holds something else.
 */
export async function openSigningKeys(file: string | null): Promise<SigningKeys> {
  let keys = fileSchema.parse(file === null ? {} : readJsonFile(file)).keys.map(readKey);

  const save = () => {
    const stored = keys.map(({ privateKey, certificate }) => ({
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      certificate: certificate.toString(),
    }));
    if (file !== null) writePrivateJsonFile(file, { keys: stored });
  };
  const rotate = async () => {
    const key = await makeKey();
    keys = [...keys, key];
    save();
  };
  if (keys.length === 0) await rotate();

  const current = () => {
    const key = keys.at(-1);
    if (!key) throw new Error('There is no signing key.');
    return key;
  };
  return {
    current,
    find: (kid) => keys.find((key) => key.kid === kid)?.publicKey,
    published: () => keys.map(publish),
    rotate,
    withdraw() {
      keys = [current()];
      save();
    },
  };
}

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const validity = { from: new Date(), until: new Date(Date.now() + fiveYearsMs) };
  const certificate = selfSignedCertificate('local-tenant', { privateKey, publicKey }, validity);
  return signingKey(privateKey, new X509Certificate(certificate));
}

const readKey = (stored: { privateKey: string; certificate: string }): SigningKey =>
  signingKey(createPrivateKey(stored.privateKey), new X509Certificate(stored.certificate));

const signingKey = (privateKey: KeyObject, certificate: X509Certificate): SigningKey => ({
  kid: thumbprint(certificate),
  privateKey,
  publicKey: createPublicKey(privateKey),
  certificate,
});

/** As in Entra, a key's id is its certificate's SHA-1 thumbprint. */
const thumbprint = ({ raw }: X509Certificate): string => createHash('sha1').update(raw).digest('base64url');

function publish({ kid, publicKey, certificate }: SigningKey): JWK {
  const { n, e } = z.object({ n: z.string(), e: z.string() }).parse(publicKey.export({ format: 'jwk' }));
  return { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e, x5c: [certificate.raw.toString('base64')] };
}
