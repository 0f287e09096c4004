import { execFileSync } from 'node:child_process';
import { emitKeypressEvents } from 'node:readline';
import { styleText } from 'node:util';
import { z } from 'zod';
import { print } from './print.ts';

/** A key that the developer can press while everything runs. */
export interface Key {
  /** One lower-case letter. */
  key: string;
  /** What it does, for the help. */
  does: string;
  /** Does it, and returns one line that says what happened and how to undo it. */
  press: () => Promise<string>;
}

/** The part of a terminal that is used, such as of `process.stdin`. */
type Terminal = NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown };

const pressedSchema = z.object({
  name: z.string().optional(),
  ctrl: z.boolean().default(false),
  meta: z.boolean().default(false),
});

/**
 * Reads keys, one after the other, if the input is a terminal and this process is in its foreground; otherwise reads
 * nothing. `h` lists the keys.
 *
 * @param onInterrupt Called for Ctrl-C, which is no signal while keys are read.
 * @returns a function that gives the terminal back as it was, or `undefined` if nothing is read.
 */
export function readKeys(
  input: Terminal,
  keys: readonly Key[],
  onInterrupt: () => void,
): (() => void) | undefined {
  if (!input.isTTY || !isInForeground()) return undefined;
  const help = { key: 'h', does: 'show this help', press: async () => describeKeys([help, ...keys]) };
  let previous = Promise.resolve();

  function onKeypress(_text: unknown, pressed: unknown): void {
    const { name, ctrl, meta } = pressedSchema.parse(pressed);
    if (ctrl && name === 'c') onInterrupt();
    else if (name === 'return') print('');
    const key = ctrl || meta ? undefined : [help, ...keys].find((one) => one.key === name);
    if (key) previous = previous.then(() => pressKey(key));
  }
  function close(): void {
    input.off('keypress', onKeypress);
    input.setRawMode?.(false);
    input.pause();
  }
  emitKeypressEvents(input);
  input.setRawMode?.(true);
  input.on('keypress', onKeypress).resume();
  process.once('exit', close);
  return close;
}

async function pressKey({ key, press }: Key): Promise<void> {
  const line = await press().catch((error: unknown) =>
    styleText('red', error instanceof Error ? error.message : String(error)),
  );
  print(`${styleText('bold', key)}  ${line}`);
}

const describeKeys = (keys: readonly Key[]): string =>
  [
    'Keys:',
    ...keys.map(({ key, does }) => `   ${styleText('bold', key)}  ${does}`),
    '   Ctrl-C  stop everything',
  ].join('\n');

/** A process in the background that touches its terminal is suspended. Without `ps`, this counts as the foreground. */
function isInForeground(): boolean {
  try {
    const [group, foreground] = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return group === foreground || Number(foreground) <= 0;
  } catch {
    return true;
  }
}
