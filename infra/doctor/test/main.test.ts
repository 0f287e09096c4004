import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type Environment, readEnvironment } from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { close, listen, type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { edit, environmentOf, withVariable } from './examined.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let running: RunningTenant;
/** Ports on which the parts seem to run. */
let ports: Record<string, string>;
let parts: Awaited<ReturnType<typeof listen>>[];
beforeEach(async () => {
  running = await runTenant();
  const noFile: Environment = { CLIENT_ID: 'none' };
  // Parts that were started with the files as they are.
  const answer: RequestListener = async (request, response) => {
    const { CLIENT_ID: clientId } = await readEnvironment(running.files.spa).catch(() => noFile);
    const body = request.url === '/readyz' ? { status: 'ready' } : { clientId, apiBaseUrl: 'y' };
    response.end(JSON.stringify(body));
  };
  parts = await Promise.all([listen(answer), listen(answer), listen(answer)]);
  const [SPA_PORT = '', MIDDLE_TIER_API_PORT = '', DOWNSTREAM_API_PORT = ''] = parts.map(
    ({ origin }) => new URL(origin).port,
  );
  ports = { SPA_PORT, MIDDLE_TIER_API_PORT, DOWNSTREAM_API_PORT };
});
afterEach(async () => {
  for (const { server } of parts) await close(server);
  await running[Symbol.asyncDispose]();
});

/** Runs the program where nobody can be asked. */
function doctor(
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const environment = { ...environmentOf(running), ...ports, PATH: '', ...env };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

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
  test('says section by section that all is well, and ends with 0', async () => {
    await running.register({ consent: true });
    const { code, stdout, stderr } = await doctor([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^The local tenant at http:.*\n\nThis machine\n.*\n\nEnvironment files\n.*\n\nIdentity provider\n.*\n\nApp registrations\n.*\n\nConsent\n.*\n\nNothing is wrong\.\n$/s,
    );
    const { CLIENT_SECRET = '' } = parseEnv(await readFile(running.files.middleTierApi, 'utf8'));
    expect(CLIENT_SECRET.length).toBeGreaterThan(16);
    expect(stdout).not.toContain(CLIENT_SECRET);
  });

  test('ends with 0 when there are notes only', async () => {
    await running.register();
    const { code, stdout } = await doctor(['--json']);
    expect(code).toBe(0);
    expect(findingsIn(stdout).map(({ severity }) => severity)).toEqual(['note']);
  });

  test('names what is wrong with its fix and its page, and ends with 2', async () => {
    await running.register({ consent: true });
    const secret = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    await edit(running.files.middleTierApi, withVariable('CLIENT_SECRET', secret));
    const { code, stdout } = await doctor([]);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /error +\S+middle-tier-api\.env: CLIENT_SECRET is a GUID.*\[client_secret_is_its_id\]\n +`npx -y pnpm@12 register --local` makes a new one.*\n +See docs\/reference\/errors\/AADSTS7000215\.md\n/,
    );
    expect(stdout).toMatch(/\n1 error\.\n$/);
    expect(stdout).not.toContain(secret);
    expect(findingsIn((await doctor(['--json'])).stdout)).toEqual([
      expect.objectContaining({ id: 'client_secret_is_its_id', severity: 'error', section: 'files' }),
    ]);
  });

  test('explains a token from standard input or from a file, and repeats nothing of it', async () => {
    await running.register({ consent: true });
    const token = await (await accessLocalTenant(running.baseUrl)).getToken();
    const piped = await doctor(['--token-file', '-'], { input: `Bearer ${token}\n` });
    expect(piped.code).toBe(2);
    expect(piped.stdout).toMatch(
      /\nToken\n +error +The middle-tier API would refuse .* for Microsoft Graph\. \[/,
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
      stderr: expect.stringContaining('no token'),
    });
  });

  test('says what it could not look at when the local tenant does not run', async () => {
    await running.register();
    const { code, stdout } = await doctor(['--json'], { env: { LOCAL_TENANT_PORT: '1' } });
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
  beforeEach(async () => {
    // Microsoft Graph at an origin of its own, as the real one is; the identity provider is out of reach.
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
    for (const file of Object.values(running.files)) {
      await edit(file, (text) =>
        text
          .replace(/^AUTHORITY=.*$/m, `AUTHORITY=https://localhost:1/${running.tenant.tenantId}`)
          .replace(/^AUTHORITY_METADATA=.*\n/m, '')
          .replace(/^GRAPH_BASE_URL=.*$/m, `GRAPH_BASE_URL=${graph.origin}/v1.0`),
      );
    }
  });
  afterEach(() => close(graph.server));

  const unreachable = 'identity_provider_unreachable';
  async function idsFound(args: readonly string[], input = '') {
    const { code, stdout } = await doctor(['--tenant', '--json', ...args], { input });
    return { code, ids: findingsIn(stdout).map(({ id }) => id) };
  }

  test('looks at the registrations with a token of Microsoft Graph', async () => {
    const token = await (await accessLocalTenant(running.baseUrl)).getToken();
    expect(await idsFound(['--graph-token-file', '-'], token)).toEqual({ code: 2, ids: [unreachable] });
  });

  test('says that nobody is signed in, where nobody can be, and looks at all the rest', async () => {
    expect(await idsFound([])).toEqual({ code: 2, ids: [unreachable, 'not_signed_in'] });
    const { stdout } = await doctor(['--tenant']);
    expect(stdout).toMatch(
      /nobody is signed in \(Azure CLI: .*browser: nobody is there.*--graph-token-file/s,
    );
  });

  test('says so when Microsoft Graph does not take the token, with what to do', async () => {
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

  test('signs nobody in when it is told so', async () => {
    expect(await idsFound(['--no-sign-in'])).toEqual({ code: 2, ids: [unreachable] });
  });

  test('names the other tenant that a token is of', async () => {
    const other = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    for (const file of Object.values(running.files))
      await edit(file, (text) => text.replaceAll(running.tenant.tenantId, other));
    const token = await (await accessLocalTenant(running.baseUrl)).getToken();
    expect(await idsFound(['--graph-token-file', '-'], token)).toEqual({
      code: 2,
      ids: [unreachable, 'signed_in_to_another_tenant'],
    });
  });
});

describe('ends with one message and exit code 1', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['an unknown flag', ['--colour'], {}, /Unknown option '--colour'.*\n--help lists the flags/s],
    ['a port that is none', [], { SPA_PORT: 'abc' }, /SPA_PORT: must be a port number/],
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
