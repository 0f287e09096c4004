import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseArguments, registerCommandLine } from '../../src/command/arguments.ts';
import { flagOf, UsageError } from '../../src/command/flags.ts';

const guid = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const parse = (args: readonly string[]) => parseArguments(args, () => {});

describe('the command line of register', () => {
  test('requires no flag', () => {
    expect(parse([])).toMatchObject({ cloud: 'global', yes: false, dryRun: false, local: false });
  });

  test.each<[string, string[]]>([
    ['--spa-url', ['--spa-url', 'http://localhost:3000', '--spa-url', 'https://leave.example.com']],
    ['--allow-tenant', ['--multi-tenant', '--allow-tenant', guid]],
    ['--managed-identity', ['--credential', 'federated', '--managed-identity', guid]],
    ['--fic-issuer', ['--fic-issuer', 'https://issuer.example', '--fic-subject', 'a', '--fic-audience', 'b']],
    ['--json', ['--json', '--dry-run']],
    ['--exit-code', ['--exit-code', '--dry-run']],
    ['-y', ['-y', '--local']],
  ])('accepts %s', (_flag, args) => {
    expect(() => parse(args)).not.toThrow();
  });

  test('collects the values of a repeated flag', () => {
    expect(
      parse(['--spa-url', 'http://localhost:3000', '--spa-url', 'https://leave.example.com']),
    ).toMatchObject({
      spaUrl: ['http://localhost:3000', 'https://leave.example.com'],
    });
  });

  test.each<[string[], RegExp]>([
    [['--color'], /unknown option '--color'/],
    // A flag of the doctor, for another kind of token.
    [['--token-file', 'token.txt'], /unknown option '--token-file'/],
    [['more'], /too many arguments.*more/],
    [['--tenant'], /'--tenant <id or domain>' argument missing/],
    [['--graph-url', 'graph'], /--graph-url: must be an origin such as/],
    [['--spa-url', 'leave'], /--spa-url: must be an origin such as/],
    [['--cloud', 'germany'], /--cloud: must be one of global, us-government, us-government-dod, china/],
    [['--sign-in', 'password'], /--sign-in: must be one of azure-cli, browser, device-code/],
    [['--credential', 'password'], /--credential: must be secret, certificate, federated or none/],
    [['--credential', 'none'], /--credential none requires --dry-run/],
    [['--name-prefix', 'My App'], /--name-prefix: must be lowercase letters/],
    [['--spa-url', 'http://leave.example.com'], /--spa-url: must be https/],
    [['--spa-url', 'https://leave.example.com/app'], /--spa-url: must be an origin/],
    [['--managed-identity', 'leave-identity'], /--managed-identity: must be the Object/],
    [
      ['--managed-identity', guid, '--credential', 'secret'],
      /--managed-identity cannot be combined with --credential/,
    ],
    [
      ['--managed-identity', guid, '--fic-issuer', 'https://a.example', '--fic-subject', 'a'],
      /--fic-issuer cannot be combined with --managed-identity/,
    ],
    [['--fic-issuer', 'https://issuer.example'], /--fic-issuer and --fic-subject must be given together/],
    [['--fic-audience', 'a'], /require --fic-issuer and --fic-subject/],
    [['--local', '--tenant', 'contoso.com'], /--tenant cannot be combined with --local/],
    [
      ['--graph-token-file', '-', '--sign-in', 'browser'],
      /--sign-in cannot be combined with --graph-token-file/,
    ],
    [['--remove', '--grant-admin-consent'], /--grant-admin-consent cannot be combined with --remove/],
    [['--exit-code'], /--exit-code requires --dry-run/],
    [['--json'], /--json is non-interactive: add --yes or --dry-run/],
    [['--allow-tenant', 'contoso.com'], /--allow-tenant: must be a Directory/],
  ])('rejects %j', (args, message) => {
    expect(() => parse(args)).toThrow(UsageError);
    expect(() => parse(args)).toThrow(message);
  });

  test('reports every problem at once', () => {
    expect(() => parse(['--sign-in', 'y', '--graph-url', 'x'])).toThrow(/--sign-in: .*\n--graph-url: /s);
    expect(() => parse(['--local', '--tenant', 'a', '--json'])).toThrow(/--tenant cannot .*\n--json is /s);
  });

  test('prints help instead of reporting problems', () => {
    const printed: string[] = [];
    expect(parseArguments(['--json', '--help'], (text) => printed.push(text))).toBeNull();
    expect(printed.join('\n')).toMatch(/^Usage: pnpm register \[flags\]/);
  });

  test('has each of its flags in the help and in the reference', () => {
    const printed: string[] = [];
    parseArguments(['-h'], (text) => printed.push(text));
    const help = printed.join('\n');
    const reference = readFileSync(
      new URL('../../../../docs/reference/register-and-doctor.md', import.meta.url),
      'utf8',
    );
    const flags = [...Object.keys(registerCommandLine.flags.shape).map(flagOf), '--help'];
    expect(flags.length).toBeGreaterThan(20);
    expect(flags.filter((flag) => !help.includes(`${flag} `))).toEqual([]);
    expect(flags.filter((flag) => !reference.includes(`\`${flag}`))).toEqual([]);
  });
});
