import { parseArgs } from 'node:util';
import { Problems } from '../../add-api/src/problems.ts';
import { type Drop, drops, dropsNamed } from './drops.ts';
import { bare, domainOf, type Example, partsOfLeave } from './example/examples.ts';
import { names } from './names.ts';
import type { NewName } from './rename.ts';
import { domainProblem } from './rules.ts';

/** What the user said, not checked yet. */
export interface Given {
  /** New names, by flag. */
  names: ReadonlyMap<string, string>;
  /** Names of {@link drops}. */
  without: readonly string[];
  /** Whether a greeting takes the place of leave. */
  bare?: boolean;
  /** The singular and plural of what takes the place of leave, with a slash between. */
  domain?: string;
}

export interface Answers {
  newNames: readonly NewName[];
  dropped: readonly Drop[];
  /** What takes the place of leave; undefined if leave stays. */
  example: Example | undefined;
}

const line = (flag: string, text: string): string => `  --${flag.padEnd(30)} ${text}`;

/** Describes all flags. */
export const help = `npx -y pnpm@12 run init [flags]

Makes this repository yours. Without flags it asks. What no flag names stays as it is.

${names.map(({ flag, meaning, today }) => line(`${flag} <…>`, `${meaning}; today ${today}`)).join('\n')}
${drops.map(({ name, cost }) => line(`without ${name}`, `removes it: ${cost}`)).join('\n')}
${line('domain <one>/<many>', 'replaces leave with a resource of yours, such as expense/expenses')}
${line('bare', 'replaces leave with a greeting from GET /api/hello')}
${' '.repeat(35)}Both also remove ${partsOfLeave.join(', ')}.
${line('dry-run', 'prints what would change, and changes nothing')}`;

/**
 * Parses a command line.
 *
 * @returns `undefined` when the user asked for help.
 * @throws {Problems} naming each unknown flag and each missing value.
 */
export function parseFlags(args: readonly string[]): (Given & { dryRun: boolean }) | undefined {
  const options = {
    ...Object.fromEntries(names.map(({ flag }) => [flag, { type: 'string' } as const])),
    without: { type: 'string' },
    bare: { type: 'boolean' },
    domain: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const problems: string[] = [];
  const given: Given & { without: string[]; names: Map<string, string>; dryRun: boolean } = {
    names: new Map(),
    without: [],
    dryRun: false,
  };
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${token.value} is no flag`);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return undefined;
    if (token.name === 'dry-run') given.dryRun = true;
    else if (token.name === 'bare') given.bare = true;
    else if (!Object.hasOwn(options, token.name)) problems.push(`${token.rawName} is unknown`);
    else if (token.value === undefined) problems.push(`${token.rawName} requires a value`);
    else if (token.name === 'domain' && given.domain !== undefined) problems.push('--domain is given twice');
    else if (token.name === 'domain') given.domain = token.value;
    else if (token.name === 'without') given.without.push(token.value);
    else if (given.names.has(token.name)) problems.push(`${token.rawName} is given twice`);
    else given.names.set(token.name, token.value);
  }
  if (problems.length > 0) throw new Problems(problems);
  return given;
}

/**
 * Checks what the user said.
 *
 * @throws {Problems} naming each value that is invalid, and what contradicts what.
 */
export function chooseAnswers(given: Given): Answers {
  const example = given.bare ? bare : given.domain === undefined ? undefined : domainOf(given.domain);
  // Without leave, the registrations are not named after it.
  const title = given.names.get('title') ?? names.find(({ flag }) => flag === 'title')?.today;
  const values = new Map([...(example && title ? [['display-name', title] as const] : []), ...given.names]);
  const chosen = names.map((name) => ({ ...name, value: values.get(name.flag) ?? name.today }));
  const problems = chosen.flatMap(({ flag, value, problem }) => {
    const found = problem(value);
    return found === undefined ? [] : [`--${flag} ${value}: ${found}`];
  });
  if (given.domain !== undefined) {
    const found = domainProblem(given.domain);
    if (found !== undefined) problems.push(`--domain ${given.domain}: ${found}`);
    if (given.bare) problems.push('--bare contradicts --domain');
  }
  const scope = values.get('access-scope') ?? '';
  if (example && scope.startsWith(`${example.words.Pascal}.Read`))
    problems.push(`--access-scope ${scope}: is a scope of the downstream API`);
  const ports = chosen.filter(({ flag }) => flag.endsWith('-port'));
  for (const [index, { flag, value }] of ports.entries()) {
    const other = ports.slice(0, index).find((port) => port.value === value);
    if (other) problems.push(`--${flag} ${value}: is also the ${other.meaning}`);
  }
  for (const name of given.without)
    if (!drops.some((drop) => drop.name === name))
      problems.push(`--without ${name}: must be ${drops.map((drop) => drop.name).join(' or ')}`);
  const without = [...given.without, ...(example ? partsOfLeave : [])];
  const dropped = dropsNamed(without);
  for (const { name, contradicts } of dropped)
    if (dropped.some((other) => other.name === contradicts))
      problems.push(`--without ${name} contradicts --without ${contradicts}`);
  for (const { name, flags = [] } of dropped)
    for (const flag of flags)
      if (given.names.has(flag)) problems.push(`--${flag} contradicts --without ${name}`);
  if (problems.length > 0) throw new Problems(problems);
  return { newNames: chosen.filter(({ value, today }) => value !== today), dropped, example };
}
