import { Command, CommanderError, Option } from 'commander';
import { z } from 'zod';
import { ExpectedError } from '../expected-error.ts';
import { signInWays } from '../sign-in/azure-identity.ts';

/** The command line is invalid. The message names every problem. */
export class UsageError extends ExpectedError {
  override readonly name = 'UsageError';
}

/** A command, its flags, and which of them exclude each other. */
export interface CommandLine<Flags extends z.ZodRawShape> {
  /** As the user types it, e.g. `pnpm register`. */
  name: string;
  description: string;
  /** Flags by their heading in the help. Each is named in camel case: `dryRun` is `--dry-run`. */
  groups: Readonly<Record<string, Readonly<Partial<Flags>>>>;
  /** Text below the flags in the help. */
  footer: string;
  /** All flags of the groups. */
  flags: z.ZodObject<Flags>;
  /** Lists what is wrong with values that are valid by themselves. */
  findConflicts(values: z.output<z.ZodObject<Flags>>): string[];
}

/** Each flag's syntax, as commander reads it, and its line in the help. */
const declarations = z.registry<{ syntax: string; help: string }>();

/**
 * Declares a flag.
 *
 * @param syntax As commander reads it, e.g. `-y, --yes` or `--tenant <id>`.
 * @param schema What its value must be.
 */
export function flag<Schema extends z.ZodType>(syntax: string, help: string, schema: Schema): Schema {
  // A clone, as several flags may share a schema.
  const declared = schema.clone();
  declarations.add(declared, { syntax, help });
  return declared;
}

/** Schema of a flag without a value. */
export const isSet = z.boolean().default(false);
export const text = z.string().min(1).optional();
export const graphTokenHelp =
  "use an access token for Microsoft Graph, such as Graph Explorer's; - reads standard input";
export const namePrefix = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'must be lowercase letters, digits and hyphens')
  .optional();
export const signInWay = z.enum(signInWays, { error: `must be one of ${signInWays.join(', ')}` }).optional();

/**
 * Parses a command line, or prints its help.
 *
 * @param print Prints the help.
 * @returns The flags' values; `null` when the user asked for help.
 * @throws {UsageError} naming every unknown flag, invalid value and conflict.
 */
export function parseCommandLine<Flags extends z.ZodRawShape>(
  line: CommandLine<Flags>,
  args: readonly string[],
  print: (text: string) => void,
): z.output<z.ZodObject<Flags>> | null {
  const command = createCommand(line, print);
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new UsageError(error.message.replace(/^error: /, ''));
  }
  const result = line.flags.safeParse(command.opts());
  const problems = result.success
    ? line.findConflicts(result.data)
    : result.error.issues.map(({ path, message }) => `${flagOf(String(path[0]))}: ${message}`);
  if (!result.success || problems.length > 0) throw new UsageError([...new Set(problems)].join('\n'));
  return result.data;
}

function createCommand<Flags extends z.ZodRawShape>(
  { name, description, groups, footer }: CommandLine<Flags>,
  print: (text: string) => void,
): Command {
  const command = new Command(name)
    .usage('[flags]')
    .description(description)
    .addHelpText('after', `\n${footer}`)
    .exitOverride()
    .configureOutput({ writeOut: (help) => print(help.trimEnd()), writeErr: () => {} });
  for (const [heading, flags] of Object.entries(groups)) {
    command.optionsGroup(`${heading}:`);
    for (const schema of Object.values(flags)) command.addOption(optionOf(schema));
  }
  return command.helpOption('-h, --help', 'print this');
}

function optionOf(schema: unknown): Option {
  const declaration = schema instanceof z.ZodType ? declarations.get(schema) : undefined;
  if (!declaration) throw new Error('Every flag must be declared with flag().');
  const option = new Option(declaration.syntax, declaration.help);
  // Commander would read `--no-sign-in` as the opposite of `--sign-in`, and could not tell when both are given.
  option.negate = false;
  return option;
}

/** Returns how a flag is written: `dryRun` → `--dry-run`. */
export const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

/** Lists the flags that are given together with a flag that excludes them. */
export function conflictsWith<Values extends Readonly<Record<string, unknown>>>(
  values: Values,
  name: keyof Values & string,
  excluded: readonly (keyof Values & string)[],
): string[] {
  if (!isGiven(values[name])) return [];
  return excluded
    .filter((other) => isGiven(values[other]))
    .map((other) => `${flagOf(other)} cannot be combined with ${flagOf(name)}`);
}
