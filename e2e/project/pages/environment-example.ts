import type { z } from 'zod';
import { type Variable, variablesOf } from './variables.ts';

const width = 118;

/**
 * Renders the `.env.example` of an app: each variable with its description, and its default or an example. Variables that
 * may be left out and have no default are commented out. A pure function.
 *
 * @param introduction The first lines, without `#`.
 */
export function environmentExample(schema: z.ZodObject, introduction: string): string {
  const variables = variablesOf(schema);
  return `${[comment(introduction), ...variables.map(linesOf)].join('\n\n')}\n`;
}

function linesOf(variable: Variable): string {
  const { name, description, required, default: preset, example = '' } = variable;
  const assignment = `${name}=${quoted(preset ?? example)}`;
  const isOptional = !required && preset === undefined;
  return `${comment(description.replaceAll('`', ''))}\n${isOptional ? `# ${assignment}` : assignment}`;
}

/** Node's `--env-file` and Vite read what is in single quotes as it is. */
const quoted = (value: string): string => (/[\s"#]/.test(value) ? `'${value}'` : value);

/** Breaks a text into lines that start with `#`. */
function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length < width) lines[lines.length - 1] = line;
    else lines.push(` ${word}`);
  }
  return lines.map((line) => `#${line}`).join('\n');
}
