import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArguments } from '../../src/command/arguments.ts';
import { run } from '../../src/command/run.ts';
import { type RunningTenant, runTenant } from '../../testing/running-tenant.ts';

let running: RunningTenant;
beforeEach(async () => {
  running = await runTenant();
});
afterEach(() => running[Symbol.asyncDispose]());

/** Runs the program at a terminal, where the questions are answered in turn. */
async function atTerminal(args: readonly string[], answers: readonly boolean[]) {
  const questions: string[] = [];
  const lines: string[] = [];
  const exitCode = await run(readArguments(['--local', ...args]), {
    env: {
      LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
      ENVIRONMENT_DIRECTORY: running.environmentDirectory,
    },
    stdin: Readable.from([]),
    isTerminal: true,
    print: (line) => lines.push(stripVTControlCharacters(line)),
    say: (line) => lines.push(line),
    confirm: async (question) => {
      questions.push(question);
      const answer = answers[questions.length - 1];
      if (answer === undefined) throw new Error(`Nobody expected to be asked: ${question}`);
      return answer;
    },
  });
  return { exitCode, questions, output: lines.join('\n') };
}
const state = () => running.tenant.directory.state;

describe('at a terminal', () => {
  test('shows the plan before it asks, and changes nothing when the answer is no', async () => {
    const { exitCode, questions, output } = await atTerminal([], [false, false]);
    expect(exitCode).toBe(1);
    expect(questions).toEqual([
      expect.stringMatching(/^Consent for everyone in the tenant\?/),
      expect.stringMatching(/^Change this, and write the environment files to .+\?$/),
    ]);
    expect(output).toMatch(/This is going to change:\n {2}\+ obo-downstream-api: application\n/);
    expect(output).toContain('Nothing was changed.');
    expect(state().applications).toEqual([]);
  });

  test('grants nothing behind the back of who says no to consent', async () => {
    expect((await atTerminal([], [false, true])).exitCode).toBe(0);
    expect(state().applications).toHaveLength(3);
    expect(state().permissionGrants).toEqual([]);
  });

  test('grants what is missing to who says yes, and asks no more when nothing is', async () => {
    expect((await atTerminal([], [true, true])).exitCode).toBe(0);
    expect(state().permissionGrants).toHaveLength(4);
    expect(await atTerminal([], [])).toMatchObject({ exitCode: 0, questions: [] });
  });

  test('asks once when consent was asked for on the command line', async () => {
    const { questions } = await atTerminal(['--grant-admin-consent'], [true]);
    expect(questions).toHaveLength(1);
    expect(state().permissionGrants).toHaveLength(4);
  });

  test('removes only after a yes', async () => {
    await atTerminal([], [false, true]);
    expect((await atTerminal(['--remove'], [false])).output).toContain('Nothing was removed.');
    expect(state().applications).toHaveLength(3);
    const { output } = await atTerminal(['--remove'], [true]);
    expect(output).toMatch(/To be removed for good:\n {2}- obo-spa: service principal/);
    expect(state().applications).toEqual([]);
    expect(await atTerminal(['--remove'], [])).toMatchObject({ exitCode: 0 });
  });

  test('says that files of another tenant will be replaced, and takes nothing from them', async () => {
    await atTerminal(['--credential', 'certificate'], [false, true]);
    const { readFile, writeFile } = await import('node:fs/promises');
    const file = running.files.middleTierApi;
    const other = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(running.tenant.tenantId, other));
    const { output } = await atTerminal([], [false, false]);
    expect(output).toContain(`are of tenant ${other}: they will be replaced.`);
    expect(output).toContain('+ obo-middle-tier-api: client secret, for 90 days');
  });
});
