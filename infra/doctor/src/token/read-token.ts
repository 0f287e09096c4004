import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ExpectedError, type SignInContext } from '@obo/app-registration/command';

/** `--token-file` holds no token. */
export class NoToken extends ExpectedError {
  override readonly name = 'NoToken';
}

/**
 * Reads a token from a file, from standard input, or from the user at the terminal, who does not see it.
 *
 * @param file A path, or `-` for standard input.
 * @throws {NoToken} when the file cannot be read or is empty.
 */
export async function readToken(
  file: string,
  { stdin, isTerminal, notify }: Omit<SignInContext, 'env'>,
): Promise<string> {
  const read = file !== '-' ? readTokenFile(file) : isTerminal ? askForToken(stdin, notify) : text(stdin);
  const token = (await read).trim().replace(/^Bearer +/i, '');
  if (token === '') throw new NoToken('--token-file: it is empty.');
  return token;
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new NoToken(`--token-file: ${file} cannot be read.`);
  }
}

/** Reads a line in raw mode: in its usual mode a terminal cuts lines at 4096 characters, and tokens can be longer. */
async function askForToken(input: NodeJS.ReadableStream, notify: (line: string) => void): Promise<string> {
  notify('Paste the token, which is not shown, and press Enter:');
  const terminal = createInterface({ input, output: new PassThrough().resume(), terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
  }
}
