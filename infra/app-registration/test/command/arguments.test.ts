import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readArguments } from '../../src/command/arguments.ts';
import { help } from '../../src/command/help.ts';
import { UsageError } from '../../src/command/read-flags.ts';

const guid = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';

describe('the command line', () => {
  test('needs nothing', () => {
    expect(readArguments([])).toMatchObject({ cloud: 'global', yes: false, 'dry-run': false, local: false });
  });

  test.each<[string, string[]]>([
    ['--spa-url', ['--spa-url', 'http://localhost:3000', '--spa-url', 'https://leave.example.com']],
    ['--allow-tenant', ['--multi-tenant', '--allow-tenant', guid]],
    ['--managed-identity', ['--credential', 'federated', '--managed-identity', guid]],
    ['--fic-issuer', ['--fic-issuer', 'https://issuer.example', '--fic-subject', 'a', '--fic-audience', 'b']],
    ['--json', ['--json', '--dry-run']],
    ['-y', ['-y', '--local']],
  ])('takes %s', (_flag, args) => {
    expect(() => readArguments(args)).not.toThrow();
  });

  test.each<[string[], RegExp]>([
    [['--colour'], /Unknown option '--colour'/],
    // The doctor's, for another token: a token to explain.
    [['--token-file', 'token.txt'], /Unknown option '--token-file'/],
    [['obo'], /Unexpected argument 'obo'/],
    [['--tenant'], /argument missing/],
    [['--cloud', 'germany'], /--cloud: must be one of global, us-government, us-government-dod, china/],
    [['--sign-in', 'password'], /--sign-in: must be one of azure-cli, browser, device-code/],
    [['--credential', 'password'], /--credential: must be secret, certificate, federated or none/],
    [['--credential', 'none'], /--credential none: only with --dry-run/],
    [['--name-prefix', 'My App'], /--name-prefix: must be small letters/],
    [['--spa-url', 'http://leave.example.com'], /--spa-url: must be https/],
    [['--spa-url', 'https://leave.example.com/app'], /--spa-url: must be an origin/],
    [['--managed-identity', 'leave-identity'], /--managed-identity: must be the Object/],
    [
      ['--managed-identity', guid, '--credential', 'secret'],
      /--managed-identity means nothing with --credential/,
    ],
    [
      ['--managed-identity', guid, '--fic-issuer', 'https://a.example', '--fic-subject', 'a'],
      /--fic-issuer means/,
    ],
    [['--fic-issuer', 'https://issuer.example'], /--fic-issuer and --fic-subject belong together/],
    [['--fic-audience', 'a'], /need --fic-issuer and --fic-subject/],
    [['--local', '--tenant', 'contoso.com'], /--tenant means nothing with --local/],
    [['--graph-token-file', '-', '--sign-in', 'browser'], /--sign-in means nothing with --graph-token-file/],
    [['--remove', '--grant-admin-consent'], /--grant-admin-consent means nothing with --remove/],
    [['--json'], /add --yes to go on, or --dry-run/],
    [['--allow-tenant', 'contoso.com'], /--allow-tenant: must be a Directory/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });

  test('names every problem at once', () => {
    expect(() => readArguments(['--cloud', 'x', '--sign-in', 'y'])).toThrow(/--cloud: .*\n--sign-in: /s);
  });

  test('has each of its flags in the help and in the reference', () => {
    const flags = Object.keys(readArguments([]));
    const source = readFileSync(new URL('../../src/command/arguments.ts', import.meta.url), 'utf8');
    const all = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \{ type: /gm)].map(([, name]) => `--${name}`);
    expect(all.length).toBeGreaterThanOrEqual(flags.length);
    const reference = readFileSync(
      new URL('../../../../docs/reference/register-and-doctor.md', import.meta.url),
      'utf8',
    );
    expect(all.filter((flag) => !help.includes(`${flag} `) && !help.includes(`${flag},`))).toEqual([]);
    expect(all.filter((flag) => !reference.includes(`\`${flag}`))).toEqual([]);
  });
});
