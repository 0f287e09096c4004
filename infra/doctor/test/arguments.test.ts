import { UsageError } from '@obo/app-registration/command';
import { expect, test } from 'vitest';
import { readDoctorArguments } from '../src/arguments.ts';

test('without flags, it looks at the local tenant', () => {
  expect(readDoctorArguments([])).toEqual({ help: false, tenant: false, json: false, 'no-sign-in': false });
});

test.each<[string[], RegExp]>([
  [['--colour'], /Unknown option '--colour'/],
  [['token'], /Unexpected argument/],
  [['--token-file'], /argument missing/],
  [['--name-prefix', 'A B'], /--name-prefix: must be small letters/],
  [['--tenant', '--sign-in', 'magic'], /--sign-in: must be one of azure-cli, browser, device-code/],
  [['--sign-in', 'azure-cli'], /--sign-in means nothing without --tenant/],
  [['--graph-token-file', 'x'], /--graph-token-file means nothing without --tenant/],
  [['--tenant', '--no-sign-in', '--sign-in', 'browser'], /--sign-in means nothing with --no-sign-in/],
  [['--tenant', '--sign-in', 'browser', '--graph-token-file', 'x'], /means nothing with --graph-token-file/],
  [['--tenant', '--token-file', '-', '--graph-token-file', '-'], /cannot both be standard input/],
])('refuses %j', (args, message) => {
  expect(() => readDoctorArguments(args)).toThrow(UsageError);
  expect(() => readDoctorArguments(args)).toThrow(message);
});
