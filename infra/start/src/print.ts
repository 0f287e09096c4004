import { styleText } from 'node:util';

/** Prints a line to standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const width = 'middle-tier-api'.length;
/** Fields of a log entry that say nothing new to who watches the terminal. */
const hiddenFields = new Set([
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

/** Creates a printer for the output of a service: puts its name before each line, and makes JSON log lines readable. */
export function printerFor(service: string): (line: string) => void {
  const prefix = styleText('dim', service.padEnd(width));
  return (line) => print(`${prefix}  ${readable(line)}`);
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
    .filter(([name]) => !hiddenFields.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const level = 'level' in entry ? entry.level : undefined;
  const text = `${String(event)}  ${styleText('dim', fields.join(' '))}`;
  if (level === 'error' || level === 'fatal') return `${styleText('red', level)} ${text}`;
  return level === 'warn' ? `${styleText('yellow', level)} ${text}` : text;
}
