import { createInterface } from 'node:readline/promises';
import type { Given } from './answers.ts';
import { drops } from './drops.ts';
import { partsOfLeave } from './example/examples.ts';
import { names } from './names.ts';

/**
 * Asks what to remove and how to name the rest, again while an answer is invalid. An empty answer changes nothing.
 *
 * @throws {Error} `AbortError`, when the user ends the input or presses Ctrl-C.
 */
export async function ask(): Promise<Given> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  const answerTo = async (question: string): Promise<string> =>
    (await terminal.question(question, { signal: closed.signal })).trim();
  const given = { names: new Map<string, string>(), without: [] as string[], bare: false };
  try {
    const leave = await answerTo(
      `Replace leave, the example, with a greeting? That also removes ${partsOfLeave.join(', ')}. [y/N] `,
    );
    given.bare = /^y/i.test(leave);
    const others = drops.filter(({ name }) => !given.bare || !partsOfLeave.includes(name));
    for (const { name, cost, contradicts = '' } of others) {
      if (given.without.includes(contradicts)) continue;
      if (/^y/i.test(await answerTo(`Remove ${name}? Without it ${cost}. [y/N] `))) given.without.push(name);
    }
    const gone = drops.filter(({ name }) => given.without.includes(name)).flatMap(({ flags = [] }) => flags);
    for (const { flag, meaning, today, problem } of names.filter(({ flag }) => !gone.includes(flag))) {
      let found: string | undefined;
      do {
        const answer = await answerTo(
          `${found === undefined ? '' : `It ${found}.\n`}${meaning} [${today}]: `,
        );
        found = answer === '' ? undefined : problem(answer);
        if (answer !== '') given.names.set(flag, answer);
      } while (found !== undefined);
    }
  } finally {
    terminal.close();
  }
  return given;
}
