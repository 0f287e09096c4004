import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runTenant } from './running-tenant.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const program = (env: Record<string, string>) =>
  run(process.execPath, [main], { env }).catch((error: unknown) => Object(error));

describe('the program', () => {
  test('prints each change, then nothing to change', async () => {
    await using running = await runTenant();
    const env = {
      LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
      ENVIRONMENT_DIRECTORY: running.environmentDirectory,
    };
    expect((await program(env)).stdout).toMatch(/obo-spa: application created\n.*wrote .*spa\.env\n/s);
    expect(await program(env)).toEqual({ stdout: 'nothing to change\n', stderr: '' });
  });

  test.each([
    ['a port that is none', { SPA_PORT: 'abc' }, /SPA_PORT: must be a port number/],
    ['no tenant there', { LOCAL_TENANT_PORT: '1' }, /No local tenant answers at http:\/\/localhost:1\./],
  ])('ends with one message and exit code 1: %s', async (_what, env, message) => {
    const { code, stdout, stderr } = await program({ ENVIRONMENT_DIRECTORY: '/nowhere', ...env });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});
