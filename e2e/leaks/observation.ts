import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';

/** One thing that a process of a test run wrote, answered, or must keep to itself. */
export const observationSchema = z.discriminatedUnion('kind', [
  /** Lines of a log. */
  z.object({ kind: z.literal('log'), text: z.string() }),
  /** What one of our APIs answered: status, headers, body. */
  z.object({ kind: z.literal('answer'), text: z.string() }),
  /** A token, a secret, an assertion, a code or a password that really was in use. */
  z.object({ kind: z.literal('secret'), name: z.string(), text: z.string() }),
]);
export type Observation = z.infer<typeof observationSchema>;

/** Names the file in which this process, or this worker thread of it, is observed. */
export const observationsFile = (directory: string): string =>
  join(directory, `${process.pid}-${threadId}.jsonl`);

/** Characters of the shortest text that counts as a secret: tests also present empty and one-letter ones. */
export const shortest = 8;

/** Names of parameters and members that carry secrets in OAuth 2.0 and Microsoft Graph. */
export const secretNames = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'id_token',
  'password',
  'refresh_token',
  'secretText',
]);

/** Environment variables that do. */
export const secretVariables = ['CLIENT_SECRET', 'TOKEN_CACHE_KEYS', 'E2E_PASSWORD'];
