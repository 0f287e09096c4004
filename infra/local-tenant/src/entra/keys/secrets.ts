import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readJsonFile, writePrivateJsonFile } from '../../directory/json-file.ts';

const fileSchema = z.object({
  /** 32 bytes, base64url. */
  sealingKey: z.string().default(() => randomBytes(32).toString('base64url')),
  subjectSalt: z.string().default(() => randomBytes(32).toString('base64url')),
  epoch: z.string().default(() => randomUUID()),
});

/** What a sealed value may be used for. One sealed for a purpose does not open for another. */
export type Purpose = 'session' | 'sign-in' | 'refresh-token' | 'token-context' | 'login-hint' | 'form';

/**
 * Values that leave the tenant and come back (cookies, refresh tokens, the `aio` claim): encrypted and
 * authenticated with AES-256-GCM, the purpose as additional data.
 */
export interface Secrets {
  seal(purpose: Purpose, value: unknown): string;
  /** The value, or `undefined` when it was not sealed here for this purpose, or before `forget()`. */
  open<T>(purpose: Purpose, schema: z.ZodType<T>, sealed: string): T | undefined;
  /** Pairwise subject (OpenID Connect Core §8.1): the same user is somebody else to each application. */
  pairwiseSubject(appId: string, objectId: string): string;
  /** Nothing that was sealed before opens any more, but for login hints, which are names and no credentials. */
  forget(): void;
}

/**
 * Opens the secrets file, or makes new secrets.
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
