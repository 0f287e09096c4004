import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { SignInFailed, type TokenSource } from './token-source.ts';

/** Seconds for which a token must still be valid: registering takes up to two minutes. */
const minimumLifetime = 120;

/**
 * Creates a source for a token that the user got elsewhere, such as in Graph Explorer ("Access token"), in a tenant that
 * allows no other sign-in. It is read from a file or standard input: other users could see a token on the command line.
 *
 * @param file A path, or `-` for standard input.
 */
export function givenToken(
  file: string,
  stdin: NodeJS.ReadableStream,
  now: () => number = Date.now,
): TokenSource {
  return {
    name: 'the given token',
    async getToken() {
      const token = (await readText(file, stdin)).trim().replace(/^Bearer +/i, '');
      if (token === '') throw new SignInFailed('it is empty');
      const expiresOnTimestamp = expiryOf(token);
      if (expiresOnTimestamp < now() + minimumLifetime * 1000)
        throw new SignInFailed('it has expired, or expires within two minutes: get a new one');
      return { token, expiresOnTimestamp };
    },
  };
}

async function readText(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (file === '-') return text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new SignInFailed(`the file ${file} cannot be read`);
  }
}

/** Returns when a token expires, in milliseconds since the epoch; never, if it cannot be read: only Graph must be able to. */
function expiryOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const exp: unknown = Reflect.get(Object(claims), 'exp');
    return typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
