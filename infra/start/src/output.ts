import { styleText } from 'node:util';

/** Prints a line of our own. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

const width = 'middle-tier-api'.length;
const serviceFields = new Set([
  'level',
  'time',
  'service',
  'msg',
  'type',
  'traceId',
  'spanId',
  'pid',
  'hostname',
]);

/**
 * Makes a printer for one part's output: its name in front, and a JSON log line as one that people read.
 */
export function printerFor(name: string): (line: string) => void {
  const prefix = styleText('dim', name.padEnd(width));
  return (line) => say(`${prefix}  ${readable(line)}`);
}

function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry !== 'object' || entry === null) return line;
  const event = 'msg' in entry ? entry.msg : 'type' in entry ? entry.type : undefined;
  if (event === undefined) return line;
  const fields = Object.entries(entry)
    .filter(([name]) => !serviceFields.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const level = 'level' in entry ? entry.level : undefined;
  const text = `${String(event)}  ${styleText('dim', fields.join(' '))}`;
  if (level === 'error' || level === 'fatal') return `${styleText('red', level)} ${text}`;
  return level === 'warn' ? `${styleText('yellow', level)} ${text}` : text;
}
