import { readFileSync } from 'node:fs';
import { flagOf, UsageError } from '@obo/app-registration/command';
import { expect, test } from 'vitest';
import { doctorCommandLine, parseDoctorArguments } from '../src/arguments.ts';

const parse = (args: readonly string[]) => parseDoctorArguments(args, () => {});

test('without flags, the local tenant is examined', () => {
  expect(parse([])).toEqual({ tenant: false, json: false, exitCode: false, noSignIn: false });
});

test.each<[string[], RegExp]>([
  [['--color'], /unknown option '--color'/],
  [['token'], /too many arguments.*token/],
  [['--token-file'], /'--token-file <file>' argument missing/],
  [['--name-prefix', 'A B'], /--name-prefix: must be lowercase letters/],
  [['--tenant', '--sign-in', 'magic'], /--sign-in: must be one of azure-cli, browser, device-code/],
  [['--sign-in', 'azure-cli'], /--sign-in requires --tenant/],
  [['--graph-token-file', 'x'], /--graph-token-file requires --tenant/],
  [['--tenant', '--no-sign-in', '--sign-in', 'browser'], /--sign-in cannot be combined with --no-sign-in/],
  [
    ['--tenant', '--sign-in', 'browser', '--graph-token-file', 'x'],
    /--sign-in cannot be combined with --graph-token-file/,
  ],
  [['--tenant', '--token-file', '-', '--graph-token-file', '-'], /cannot both read standard input/],
])('rejects %j', (args, message) => {
  expect(() => parse(args)).toThrow(UsageError);
  expect(() => parse(args)).toThrow(message);
});

test('every flag is in the help and in the reference', () => {
  const printed: string[] = [];
  expect(parseDoctorArguments(['--help'], (text) => printed.push(text))).toBeNull();
  const help = printed.join('\n');
  expect(help).toMatch(/^Usage: pnpm run doctor \[flags\]/);
  const reference = readFileSync(
    new URL('../../../docs/reference/register-and-doctor.md', import.meta.url),
    'utf8',
  );
  const flags = Object.keys(doctorCommandLine.flags.shape).map(flagOf);
  expect(flags.filter((flag) => !help.includes(`${flag} `))).toEqual([]);
  expect(flags.filter((flag) => !reference.includes(`\`${flag}`))).toEqual([]);
});
