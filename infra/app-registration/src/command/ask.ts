import { createInterface } from 'node:readline/promises';

/**
 * Asks a question that is answered with yes or no; anything else is no.
 *
 * @throws {AbortError} when the person presses Ctrl-C.
 */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
