import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, expect, test, vi } from 'vitest';
import { type Key, readKeys } from '../src/keys.ts';

let input: PassThrough & { isTTY: boolean; setRawMode: (isRaw: boolean) => unknown };
let isRaw: boolean;
let pressed: string[];
let printed: string;
let close: (() => void) | undefined;

const key = (name: string, press: Key['press']): Key => ({ key: name, does: `does ${name}`, press });
const keys = [
  key('a', async () => {
    pressed.push('a begins');
    await new Promise((resolve) => setImmediate(resolve));
    pressed.push('a ends');
    return 'a is done';
  }),
  key('b', async () => {
    pressed.push('b');
    return 'b is done';
  }),
  key('x', () => Promise.reject(new Error('x does not work'))),
];

beforeEach(() => {
  isRaw = false;
  pressed = [];
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += stripVTControlCharacters(String(text));
    return true;
  });
  const setRawMode = (raw: boolean) => {
    isRaw = raw;
    return input;
  };
  input = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  close = readKeys(input, keys, () => pressed.push('Ctrl-C'));
  return () => close?.();
});

test('does what keys say, one after the other, and says so', async () => {
  input.write('ab');
  await expect.poll(() => printed).toBe('a  a is done\nb  b is done\n');
  expect(pressed).toEqual(['a begins', 'a ends', 'b']);
});

test('ignores unknown keys, and letters with Ctrl or Alt and in the codes of other keys', async () => {
  input.write('q\u0002\u001bb\u001b[11~?');
  input.write('a');
  await expect.poll(() => printed).toBe('a  a is done\n');
});

test('says why a key did not work, and reads on', async () => {
  input.write('xb');
  await expect.poll(() => printed).toBe('x  x does not work\nb  b is done\n');
});

test('shows all keys on h', async () => {
  input.write('h');
  await expect
    .poll(() => printed)
    .toMatch(/h {2}show this help\n +a {2}does a\n +b {2}does b\n +x {2}does x/);
});

test('reads Ctrl-C, and gives the terminal back', () => {
  input.write('\u0003');
  expect(pressed).toEqual(['Ctrl-C']);
  expect(isRaw).toBe(true);
  close?.();
  expect(isRaw).toBe(false);
  expect(input.isPaused()).toBe(true);
});

test('reads nothing from what is no terminal', () => {
  const pipe = Object.assign(new PassThrough(), { isTTY: false, setRawMode: () => expect.unreachable() });
  pipe.write('a');
  expect(readKeys(pipe, keys, () => {})).toBeUndefined();
  expect(pipe.readableFlowing).toBeNull();
  expect(pipe.listenerCount('keypress')).toBe(0);
});
