import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { SignInFailed, type TokenSource } from './token-source.ts';

/** Seconds that a token must at least be good for: registering takes one minute, or two. */
const reserve = 120;

/**
 * A token that the person got elsewhere, such as in Graph Explorer ("Access token"), for tenants that allow no other
 * sign-in. It comes from a file or from standard input, never from the command line, which others can read.
 *
 * @param file A path, or `-` for standard input.
 */
export function givenToken(
  file: string,
  stdin: NodeJS.ReadableStream,
  now: () => number = Date.now,
): TokenSource {
  return {
    name: 'the token that was given',
    async getToken() {
      const token = (await readText(file, stdin)).trim().replace(/^Bearer +/i, '');
      if (token === '') throw new SignInFailed('it is empty');
      const expiresOnTimestamp = expiryOf(token);
      if (expiresOnTimestamp < now() + reserve * 1000)
        throw new SignInFailed('it has expired, or is about to: get a new one');
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

/** When a token ends, if it says so in a way that is known; Graph's tokens are Graph's to read. */
function expiryOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const exp: unknown = Reflect.get(Object(claims), 'exp');
    return typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
