import { styleText } from 'node:util';
import { z } from 'zod';

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
  'message',
  'traceId',
  'spanId',
  'pid',
  'hostname',
]);

/** Creates a printer for the output of a service: puts its name before each line, and makes JSON log lines readable. */
export function printerFor(service: string): (line: string) => void {
  const prefix = styleText('dim', service.padEnd(width));
  return (line) => {
    const text = readable(line);
    if (text !== null) print(`${prefix}  ${text}`);
  };
}

const answeredSchema = z.object({
  msg: z.literal('request answered'),
  method: z.string(),
  path: z.string(),
  status: z.number().max(399),
});

/** Recognizes requests that browsers and probes send by themselves, if they succeeded. */
function isNoise(entry: object): boolean {
  const { data } = answeredSchema.safeParse(entry);
  return data !== undefined && (data.method === 'OPTIONS' || ['/livez', '/readyz'].includes(data.path));
}

const eventSchema = z.union([
  z.object({ msg: z.string() }).transform(({ msg }) => msg),
  z
    .object({ type: z.string(), message: z.string().optional() })
    .transform(({ type, message }) => (message === undefined ? type : `${type}  ${message}`)),
]);

/** Returns what a log entry says happened: of an API (`msg`), or of the local tenant (`type`, `message`). */
const eventOf = (entry: object): string | undefined => eventSchema.safeParse(entry).data;

/** Makes a line readable; null for noise. */
function readable(line: string): string | null {
  if (!line.startsWith('{')) return line;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry !== 'object' || entry === null) return line;
  if (isNoise(entry)) return null;
  const event = eventOf(entry);
  if (event === undefined) return line;
  const level = 'level' in entry ? entry.level : undefined;
  const isTrouble = level === 'warn' || level === 'error' || level === 'fatal';
  const fields = Object.entries(entry)
    // A failure leads to its trace.
    .filter(([name]) => !hiddenFields.has(name) || (isTrouble && name === 'traceId'))
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const text = fields.length === 0 ? event : `${event}  ${styleText('dim', fields.join(' '))}`;
  if (level === 'error' || level === 'fatal') return `${styleText('red', level)} ${text}`;
  return level === 'warn' ? `${styleText('yellow', level)} ${text}` : text;
}
