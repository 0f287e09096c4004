import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ExpectedError } from '@obo/app-registration/command';

/** There is no token where the command line says. */
export class NoToken extends ExpectedError {
  override readonly name = 'NoToken';
}

interface Surroundings {
  stdin: NodeJS.ReadableStream;
  isTerminal: boolean;
  say(line: string): void;
}

/**
 * Reads a token from a file, from standard input, or from the person at the terminal. It is never echoed.
 *
 * @param file A path, or `-` for standard input.
 * @throws {NoToken}
 */
export async function readToken(file: string, { stdin, isTerminal, say }: Surroundings): Promise<string> {
  const read = file !== '-' ? readFileOf(file) : isTerminal ? askForToken(stdin, say) : text(stdin);
  const token = (await read).trim().replace(/^Bearer +/i, '');
  if (token === '') throw new NoToken('--token-file: there is no token in it.');
  return token;
}

async function readFileOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new NoToken(`--token-file: ${file} cannot be read.`);
  }
}

/** A line of a terminal in its usual mode ends at 4096 characters: tokens are longer. */
async function askForToken(input: NodeJS.ReadableStream, say: (line: string) => void): Promise<string> {
  say('Paste the token, which is not shown, and press Enter:');
  const terminal = createInterface({ input, output: new PassThrough().resume(), terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
  }
}
