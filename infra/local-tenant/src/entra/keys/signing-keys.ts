import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';
import { readJsonFile, writePrivateJsonFile } from '../../directory/json-file.ts';

/** PKCS #8 and X.509, both PEM. */
const storedKeySchema = z.object({ privateKey: z.string(), certificate: z.string() });
const fileSchema = z.object({
  /** Newest last. */
  keys: z.array(storedKeySchema).default([]),
  /** Keys that are not published any more. */
  withdrawn: z.array(storedKeySchema).default([]),
});

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  certificate: X509Certificate;
}

/** The keys that sign tokens. The newest signs; all of them are published until they are withdrawn. */
export interface SigningKeys {
  /** Returns the key that signs new tokens. */
  current(): { kid: string; privateKey: KeyObject };
  /** Finds the published key with that ID. */
  find(kid: string): KeyObject | undefined;
  /** Returns the public keys as JWKs (RFC 7517), newest last. */
  published(): JWK[];
  /** Adds a key and signs with it from now on. The others stay published. */
  rotate(): Promise<void>;
  /** Stops publishing every key except the one that signs. Tokens signed with the others are rejected from now on. */
  withdraw(): void;
  /** Returns the IDs of the keys that were withdrawn. */
  withdrawn(): string[];
  /** Publishes the withdrawn keys again. The newest key still signs. */
  publishWithdrawn(): void;
  /** Discards every key except the newest, also the withdrawn ones. */
  discardOthers(): void;
}

const fiveYearsMs = 5 * 365 * 86_400_000;

/**
 * Reads the key file, or creates a first key.
 *
 * @param file Path of the JSON file (mode 0600), or `null` to keep the keys in memory.
 * @throws {z.ZodError} if the file has another format.
 */
export async function openSigningKeys(file: string | null): Promise<SigningKeys> {
  const stored = fileSchema.parse(file === null ? {} : readJsonFile(file));
  let keys = stored.keys.map(readKey);
  let withdrawn = stored.withdrawn.map(readKey);

  const change = (published: SigningKey[], notPublished: SigningKey[]) => {
    keys = published;
    withdrawn = notPublished;
    if (file !== null)
      writePrivateJsonFile(file, { keys: keys.map(storeKey), withdrawn: withdrawn.map(storeKey) });
  };
  const add = (key: SigningKey) => change([...keys, key], withdrawn);
  if (keys.length === 0) add(await (file === null ? firstInMemoryKey() : generateKey()));

  const current = () => {
    const key = keys.at(-1);
    if (!key) throw new Error('There is no signing key.');
    return key;
  };
  return {
    current,
    find: (kid) => keys.find((key) => key.kid === kid)?.publicKey,
    published: () => keys.map(toJwk),
    rotate: async () => add(await generateKey()),
    withdraw: () => change([current()], [...withdrawn, ...keys.slice(0, -1)]),
    withdrawn: () => withdrawn.map(({ kid }) => kid),
    publishWithdrawn: () => change([...withdrawn, ...keys], []),
    discardOthers: () => change([current()], []),
  };
}

let inMemoryKey: Promise<SigningKey> | undefined;

/** Returns the first key of every in-memory tenant in this process: generating an RSA key takes a tenth of a second. */
function firstInMemoryKey(): Promise<SigningKey> {
  inMemoryKey ??= generateKey();
  return inMemoryKey;
}

async function generateKey(): Promise<SigningKey> {
  // Loaded only when used: it takes a quarter of the time to start, and most starts find a key.
  const { generate } = await import('selfsigned');
  const generated = await generate([{ name: 'commonName', value: 'local-tenant' }], {
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + fiveYearsMs),
  });
  return readKey({ privateKey: generated.private, certificate: generated.cert });
}

const storeKey = ({ privateKey, certificate }: SigningKey) => ({
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  certificate: certificate.toString(),
});

function readKey(stored: { privateKey: string; certificate: string }): SigningKey {
  const privateKey = createPrivateKey(stored.privateKey);
  const certificate = new X509Certificate(stored.certificate);
  return { kid: thumbprintOf(certificate), privateKey, publicKey: createPublicKey(privateKey), certificate };
}

/** Computes the SHA-1 thumbprint, which Entra uses as the key ID. */
const thumbprintOf = ({ raw }: X509Certificate): string => createHash('sha1').update(raw).digest('base64url');

function toJwk({ kid, publicKey, certificate }: SigningKey): JWK {
  const { n, e } = z.object({ n: z.string(), e: z.string() }).parse(publicKey.export({ format: 'jwk' }));
  return { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e, x5c: [certificate.raw.toString('base64')] };
}
