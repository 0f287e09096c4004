import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { commaSeparated } from '@obo/service-defaults/configuration';
import { z } from 'zod';

/** A key for texts that are stored outside this process. No other key can find or decrypt them. */
export interface RingKey {
  /** Part of all names, so that what a key encrypted can be counted. */
  readonly id: string;
  /** Derives a name from its parts: the same in every instance that has the key. It does not reveal the parts. */
  nameOf(kind: string, ...parts: readonly string[]): string;
  /** Encrypts a text for one name. */
  seal(text: string, name: string): Buffer;
  /** Decrypts a text. @returns undefined if it was not sealed with this key for this name, or was changed since. */
  open(sealed: Buffer, name: string): string | undefined;
}

/** Keys of which the first encrypts and all decrypt. */
export type KeyRing = readonly [RingKey, ...RingKey[]];

/** Bytes at the start of a sealed text: a random initialization vector, then the tag. */
const vectorBytes = 12;
const tagBytes = 16;

/** The format of what is stored, which is part of every name: instances with another format do not find it. */
const format = 'obo:2';

/**
 * Creates a key from 32 bytes: AES-256-GCM with the name as additional authenticated data (NIST SP 800-38D), and
 * HMAC-SHA-256 for names, each with its own derived key (HKDF, RFC 5869).
 */
export function createRingKey(id: string, secret: Uint8Array): RingKey {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `${format} ${purpose}`, 32));
  const encryptionKey = derive('encryption');
  const nameKey = derive('names');

  return {
    id,
    nameOf(kind, ...parts) {
      const digest = createHmac('sha256', nameKey).update(JSON.stringify([kind, ...parts]));
      return `${format}:${id}:${kind}:${digest.digest('base64url')}`;
    },
    seal(text, name) {
      const vector = randomBytes(vectorBytes);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, vector).setAAD(Buffer.from(name));
      const encrypted = [cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([vector, cipher.getAuthTag(), ...encrypted]);
    },
    open(sealed, name) {
      const tagEnd = vectorBytes + tagBytes;
      if (sealed.length < tagEnd) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', encryptionKey, sealed.subarray(0, vectorBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(vectorBytes, tagEnd));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString();
      } catch {
        return undefined;
      }
    },
  };
}

/** Encrypts texts of one kind for a database. */
export interface Seal {
  /**
   * Encrypts a text with the first key.
   *
   * @param place What identifies the row, such as tenant and user. The text cannot be opened in any other place.
   * @returns `<key id>:<base64>`, which shows the key that is needed to open it.
   */
  seal(text: string, ...place: readonly string[]): string;
  /**
   * Decrypts a text.
   *
   * @returns undefined if it was not sealed in this place with a key of the ring, or was changed since.
   */
  open(sealed: string, ...place: readonly string[]): string | undefined;
}

/**
 * Creates a seal. Tokens in Redis are encrypted with the same keys, under names of other kinds.
 *
 * @param kind What the texts are. A text of one kind cannot be opened as another.
 */
export const createSeal = (keys: KeyRing, kind: string): Seal => ({
  seal(text, ...place) {
    const [key] = keys;
    return `${key.id}:${key.seal(text, key.nameOf(kind, ...place)).toString('base64')}`;
  },
  open(sealed, ...place) {
    const [id, encrypted = ''] = sealed.split(':');
    const key = keys.find((candidate) => candidate.id === id);
    return key?.open(Buffer.from(encrypted, 'base64'), key.nameOf(kind, ...place));
  },
});

const written = /^([A-Za-z0-9._-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

const ringKey = z.string().transform((text, context): RingKey => {
  const [, id, secret] = written.exec(text) ?? [];
  if (id !== undefined && secret !== undefined) return createRingKey(id, Buffer.from(secret, 'base64'));
  context.addIssue({ code: 'custom', message: 'must be keys of the form <id>:<base64 of 32 bytes>' });
  return z.NEVER;
});

/** Parses a key ring: `2026-11:<base64>, 2026-08:<base64>`. */
export const keyRing = commaSeparated(ringKey)
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, 'must give each key its own ID')
  .transform((keys, context): KeyRing => {
    const [first, ...others] = keys;
    if (first) return [first, ...others];
    context.addIssue({ code: 'custom', message: 'must contain a key' });
    return z.NEVER;
  });

/** Variables of an API that stores tokens outside of its process. */
export const keyRingVariables = {
  TOKEN_CACHE_KEYS: keyRing.optional().meta({
    description:
      "Keys that encrypt the tokens stored outside this process, separated by commas: the first one encrypts, all decrypt. A key has the form `<id>:<base64 of 32 bytes>`. Create one with `node -p \"'1:' + crypto.randomBytes(32).toString('base64')\"`.",
  }),
};
