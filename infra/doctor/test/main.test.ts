import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type Environment, readEnvironment } from '@obo/app-registration';
import { requiredApps } from '@obo/app-registration/apps';
import {
  close,
  listen,
  type Outcome,
  type RunningTenant,
  runInProcess,
  runTenant,
} from '@obo/app-registration/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { runDoctor } from '../src/run.ts';
import { edit, environmentOf, withVariable } from './examined.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const guid = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';

let running: RunningTenant;
let restore: () => Promise<void>;
/** Ports on which the services seem to run. */
let ports: Record<string, string>;
let services: Awaited<ReturnType<typeof listen>>[];
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
  const noFile: Environment = { CLIENT_ID: 'none' };
  // Services that run with the files as they are now.
  const answer: RequestListener = async (request, response) => {
    const { CLIENT_ID: clientId } = await readEnvironment(running.files.spa).catch(() => noFile);
    const body = request.url === '/readyz' ? { status: 'ready' } : { clientId, apiBaseUrl: 'y' };
    response.end(JSON.stringify(body));
  };
  services = await Promise.all([listen(answer), listen(answer), listen(answer)]);
  const [SPA_PORT = '', MIDDLE_TIER_API_PORT = '', DOWNSTREAM_API_PORT = ''] = services.map(
    ({ origin }) => new URL(origin).port,
  );
  ports = { SPA_PORT, MIDDLE_TIER_API_PORT, DOWNSTREAM_API_PORT };
});
beforeEach(async () => {
  // Where Azure CLI is not installed.
  vi.stubEnv('PATH', '');
  await restore();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const { server } of services) await close(server);
  await running[Symbol.asyncDispose]();
});

/** Runs `doctor` without a terminal. */
const doctor = (
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> =>
  runInProcess((context) => runDoctor(args, context), { ...environmentOf(running), ...ports, ...env }, input);

const findingsSchema = z.array(
  z.object({
    id: z.string(),
    severity: z.enum(['error', 'warning', 'note']),
    section: z.string(),
    problem: z.string(),
    fix: z.string(),
    page: z.string().optional(),
  }),
);
const findingsIn = (stdout: string) => findingsSchema.parse(JSON.parse(stdout));

describe('with the local tenant', () => {
  test('reports each section as healthy, and exits with 0', async () => {
    await running.register({ consent: true });
    const child = spawn(process.execPath, [main], { env: { ...environmentOf(running), ...ports } });
    const [stdout, stderr, closed] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect({ closed, stderr }).toEqual({ closed: [0, null], stderr: '' });
    expect(stdout).toMatch(
      /^The local tenant at http:.*\n\nThis machine\n.*\n\nEnvironment files\n.*\n\nIdentity provider\n.*\n\nApp registrations\n.*\n\nConsent\n.*\n\nNo errors or warnings\.\n$/s,
    );
    const { CLIENT_SECRET = '' } = parseEnv(await readFile(running.files.middleTierApi, 'utf8'));
    expect(CLIENT_SECRET.length).toBeGreaterThan(16);
    expect(stdout).not.toContain(CLIENT_SECRET);
  });

  test('reads the files where start wrote them, with DATA_DIRECTORY', async () => {
    await running.register({ consent: true });
    const directory = await mkdtemp(join(tmpdir(), 'doctor-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await cp(running.environmentDirectory, join(directory, 'env'), { recursive: true });
    const env = { ENVIRONMENT_DIRECTORY: '', DATA_DIRECTORY: directory };
    const { stdout } = await doctor([], { env });
    expect(stdout).toContain(`according to the files in ${directory}/env`);
    expect(stdout).toMatch(/No errors or warnings\.\n$/);
  });

  test('exits with 0 when there are only notes', async () => {
    await running.register();
    const { code, stdout } = await doctor(['--json', '--exit-code']);
    expect(code).toBe(0);
    expect(findingsIn(stdout).map(({ severity }) => severity)).toEqual(['note']);
  });

  test('reports an error with its fix and its page, as in README.md, and exits with 2 only if --exit-code asks for it', async () => {
    await running.register({ consent: true });
    await edit(running.files.middleTierApi, withVariable('CLIENT_SECRET', guid));
    const { code, stdout } = await doctor(['--exit-code']);
    expect(code).toBe(2);
    expect((await doctor([])).code).toBe(0);
    expect(stdout).toMatch(
      /error +\S+middle-tier-api\.env: CLIENT_SECRET is a GUID.*\[client_secret_is_its_id\]\n +`npx -y pnpm@12 register --local` adds a new secret.*\n +See docs\/reference\/errors\/AADSTS7000215\.md\n/,
    );
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, example = ''] = /```\n(Environment files\n[\s\S]+?)```/.exec(readme) ?? [];
    expect(example).not.toBe('');
    for (const line of example.replaceAll('.data/env', running.environmentDirectory).split('\n'))
      expect(stdout).toContain(line);
    expect(stdout).toMatch(/\n1 error\.\n$/);
    expect(stdout).not.toContain(guid);
    expect(findingsIn((await doctor(['--json'])).stdout)).toEqual([
      expect.objectContaining({ id: 'client_secret_is_its_id', severity: 'error', section: 'files' }),
    ]);
  });

  test('explains a token from standard input or a file, without repeating it', async () => {
    await running.register({ consent: true });
    const token = await running.getToken();
    const piped = await doctor(['--exit-code', '--token-file', '-'], { input: `Bearer ${token}\n` });
    expect(piped.code).toBe(2);
    expect(piped.stdout).toMatch(
      /\nToken\n +error +The middle-tier API would reject .* for Microsoft Graph\. \[/,
    );
    for (const part of token.split('.')) expect(piped.stdout + piped.stderr).not.toContain(part);
    const missing = await doctor(['--token-file', join(running.environmentDirectory, 'none')]);
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/none cannot be read\.\n$/),
    });
    expect(await doctor(['--token-file', '-'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--token-file: it is empty.'),
    });
  });

  test('reports what it could not check when the local tenant is not running', async () => {
    await running.register();
    const { code, stdout } = await doctor(['--json', '--exit-code'], { env: { LOCAL_TENANT_PORT: '1' } });
    expect(code).toBe(2);
    expect(findingsIn(stdout)).toEqual([
      expect.objectContaining({
        id: 'identity_provider_unreachable',
        fix: 'Start it: `npx -y pnpm@12 start`.',
      }),
      expect.objectContaining({
        id: 'registrations_not_readable',
        problem: expect.stringContaining('No local tenant answers at http://localhost:1.'),
      }),
    ]);
  });
});

describe('with a real tenant', () => {
  let graph: Awaited<ReturnType<typeof listen>>;
  let restoreRegistered: () => Promise<void>;
  beforeAll(async () => {
    await restore();
    // Microsoft Graph at its own origin, as in a real tenant. The identity provider is unreachable.
    graph = await listen((request, response) => {
      request.url = `/graph${request.url}`;
      running.tenant.app(request, response);
    });
    const at = (port: string | undefined) => `http://localhost:${port}`;
    const urls = {
      spa: at(ports.SPA_PORT),
      middleTierApi: at(ports.MIDDLE_TIER_API_PORT),
      downstreamApi: at(ports.DOWNSTREAM_API_PORT),
    };
    await running.register({ consent: true, urls });
    for (const { key } of requiredApps) {
      await edit(running.files[key], (text) =>
        text
          .replace(/^AUTHORITY=.*$/m, `AUTHORITY=https://localhost:1/${running.tenant.tenantId}`)
          .replace(/^AUTHORITY_METADATA=.*\n/m, '')
          .replace(/^GRAPH_BASE_URL=.*$/m, `GRAPH_BASE_URL=${graph.origin}/v1.0`),
      );
    }
    restoreRegistered = await running.save();
  });
  beforeEach(() => restoreRegistered());
  afterAll(() => close(graph.server));

  const unreachable = 'identity_provider_unreachable';
  async function idsFound(args: readonly string[], input = '') {
    const { code, stdout } = await doctor(['--tenant', '--json', '--exit-code', ...args], { input });
    return { code, ids: findingsIn(stdout).map(({ id }) => id) };
  }

  test('checks the registrations with a token for Microsoft Graph', async () => {
    expect(await idsFound(['--graph-token-file', '-'], await running.getToken())).toEqual({
      code: 2,
      ids: [unreachable],
    });
  });

  test('reports that no one is signed in without a terminal, and checks everything else', async () => {
    expect(await idsFound([])).toEqual({ code: 2, ids: [unreachable, 'not_signed_in'] });
    const { stdout } = await doctor(['--tenant']);
    expect(stdout).toMatch(
      /you are not signed in \(Azure CLI: .*browser: not an interactive terminal.*--graph-token-file/s,
    );
  });

  test('reports that Microsoft Graph rejects the token, with what to do', async () => {
    const input = 'something else';
    const { stdout } = await doctor(['--tenant', '--json', '--graph-token-file', '-'], { input });
    expect(findingsIn(stdout)).toContainEqual(
      expect.objectContaining({
        id: 'registrations_not_readable',
        problem: expect.stringContaining('InvalidAuthenticationToken'),
        fix: expect.stringContaining('Sign in again'),
      }),
    );
    expect(stdout).not.toContain(input);
  });

  test('does not sign in with --no-sign-in', async () => {
    expect(await idsFound(['--no-sign-in'])).toEqual({ code: 2, ids: [unreachable] });
  });

  test('reports a sign-in to another tenant', async () => {
    for (const file of requiredApps.map(({ key }) => running.files[key]))
      await edit(file, (text) => text.replaceAll(running.tenant.tenantId, guid));
    expect(await idsFound(['--graph-token-file', '-'], await running.getToken())).toEqual({
      code: 2,
      ids: [unreachable, 'signed_in_to_another_tenant'],
    });
  });
});

describe('exits with code 1 and one message', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['for an unknown flag', ['--color'], {}, /unknown option '--color'\nRun with --help to list the flags/],
    ['for an invalid port', [], { SPA_PORT: 'abc' }, /SPA_PORT: must be a port number/],
  ])('%s', async (_what, args, env, message) => {
    const { code, stdout, stderr } = await doctor(args, { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});

test('prints its help', async () => {
  const { code, stdout } = await doctor(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--no-sign-in');
});
