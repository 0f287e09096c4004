import { createInterface } from 'node:readline/promises';
import type { Given } from './answers.ts';
import { drops } from './drops.ts';
import { partsOfLeave } from './example/examples.ts';
import { names } from './names.ts';
import { domainProblem } from './rules.ts';

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
  const given: Given & { names: Map<string, string>; without: string[] } = { names: new Map(), without: [] };
  try {
    Object.assign(given, await askForExample(answerTo));
    const keepsLeave = !given.bare && given.domain === undefined;
    const others = drops.filter(({ name }) => keepsLeave || !partsOfLeave.includes(name));
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

/** Asks for what takes the place of leave. */
async function askForExample(
  answerTo: (question: string) => Promise<string>,
): Promise<Pick<Given, 'bare' | 'domain'>> {
  const question = `The example is leave. A resource of yours, such as expense/expenses, can take its place, or just a greeting (hello).
Both also remove ${partsOfLeave.join(', ')}. [leave] `;
  for (let found: string | undefined; ; ) {
    const answer = await answerTo(`${found === undefined ? '' : `It ${found}.\n`}${question}`);
    if (answer === '' || answer === 'leave') return {};
    if (answer === 'hello') return { bare: true };
    found = domainProblem(answer);
    if (found === undefined) return { domain: answer };
  }
}
