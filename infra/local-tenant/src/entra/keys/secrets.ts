import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readJsonFile, writePrivateJsonFile } from '../../directory/json-file.ts';

const fileSchema = z.object({
  /** 32 bytes, base64url. */
  sealingKey: z.string().default(() => randomBytes(32).toString('base64url')),
  subjectSalt: z.string().default(() => randomBytes(32).toString('base64url')),
  epoch: z.string().default(() => randomUUID()),
});

/** The purpose of a sealed value. It cannot be opened for another one. */
export type Purpose =
  | 'session'
  | 'sign-in'
  | 'refresh-token'
  | 'token-context'
  | 'login-hint'
  | 'form'
  | 'visits';

/**
 * Seals values that clients and browsers send back later (cookies, refresh tokens, the `aio` claim): encrypts and
 * authenticates them with AES-256-GCM, with the purpose as additional data.
 */
export interface Secrets {
  seal(purpose: Purpose, value: unknown): string;
  /** Opens a value. Returns `undefined` if it was not sealed here for this purpose, or before `forget()`. */
  open<T>(purpose: Purpose, schema: z.ZodType<T>, sealed: string): T | undefined;
  /** Computes a pairwise subject (OpenID Connect Core §8.1): each application gets another one for the same user. */
  pairwiseSubject(appId: string, objectId: string): string;
  /** Makes every value sealed so far unusable, except login hints, which are names and not credentials. */
  forget(): void;
}

/**
 * Reads the secrets file, or creates new secrets.
 *
 * @param file Path of the JSON file (mode 0600), or `null` to keep them in memory.
 */
export function openSecrets(file: string | null): Secrets {
  const secrets = fileSchema.parse(file === null ? {} : readJsonFile(file));
  const save = () => {
    if (file !== null) writePrivateJsonFile(file, secrets);
  };
  save();

  const key = Buffer.from(secrets.sealingKey, 'base64url');
  const additionalData = (purpose: Purpose) =>
    Buffer.from(purpose === 'login-hint' ? purpose : `${secrets.epoch} ${purpose}`);
  return {
    seal(purpose, value) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData(purpose));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(purpose, schema, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < 29) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(additionalData(purpose)).setAuthTag(bytes.subarray(12, 28));
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString();
        return schema.safeParse(JSON.parse(opened)).data;
      } catch {
        return undefined;
      }
    },
    pairwiseSubject: (appId, objectId) =>
      createHash('sha256').update(`${secrets.subjectSalt} ${appId} ${objectId}`).digest('base64url'),
    forget() {
      secrets.epoch = randomUUID();
      save();
    },
  };
}
