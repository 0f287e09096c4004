import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requiredApps } from '../../src/apps.ts';
import { runRegister } from '../../src/command/run.ts';
import { type RunningTenant, runTenant } from '../../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

/** Runs `register` at a terminal, and answers its questions in turn. */
async function atTerminal(args: readonly string[], answers: readonly boolean[]) {
  const questions: string[] = [];
  const lines: string[] = [];
  const exitCode = await runRegister(['--local', ...args], {
    env: {
      LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
      ENVIRONMENT_DIRECTORY: running.environmentDirectory,
    },
    stdin: Readable.from([]),
    isTerminal: true,
    print: (line) => lines.push(stripVTControlCharacters(line)),
    notify: (line) => lines.push(line),
    confirm: async (question) => {
      questions.push(question);
      const answer = answers[questions.length - 1];
      if (answer === undefined) throw new Error(`Unexpected question: ${question}`);
      return answer;
    },
  });
  return { exitCode, questions, output: lines.join('\n') };
}
const state = () => running.tenant.directory.state;
const unpublished = { id: 'c1', displayName: null, description: null, isAvailable: false };

describe('at a terminal', () => {
  test('shows the plan before it asks, and changes nothing when the answer is no', async () => {
    const { exitCode, questions, output } = await atTerminal([], [false, false]);
    expect(exitCode).toBe(1);
    expect(questions).toEqual([
      expect.stringMatching(/^Consent for all users in the tenant\?/),
      expect.stringMatching(/^Make these changes, and write the environment files to .+\?$/),
    ]);
    expect(output).toMatch(/Planned changes:\n {2}\+ obo-downstream-api: application\n/);
    expect(output).toContain('Nothing was changed.');
    expect(state().applications).toEqual([]);
  });

  test('grants no consent when the user declines it', async () => {
    expect((await atTerminal([], [false, true])).exitCode).toBe(0);
    expect(state().applications).toHaveLength(requiredApps.length);
    expect(state().permissionGrants).toEqual([]);
  });

  test('grants missing consent when the user agrees, and does not ask again', async () => {
    expect((await atTerminal([], [true, true])).exitCode).toBe(0);
    expect(state().permissionGrants).toHaveLength(6);
    expect(await atTerminal([], [])).toMatchObject({ exitCode: 0, questions: [] });
  });

  test('asks only once when the command line requests consent', async () => {
    const { questions } = await atTerminal(['--grant-admin-consent'], [true]);
    expect(questions).toHaveLength(1);
    expect(state().permissionGrants).toHaveLength(6);
  });

  test.each([
    [[], /\nThe tenant does not have the authentication context c1, which approving .* requires\./],
    [[unpublished], /\nThe tenant does not publish the authentication context c1 to apps, which/],
    [[{ ...unpublished, isAvailable: true }], undefined],
  ])('says what it does not create, and where to read how: %j', async (contexts, expected) => {
    state().authenticationContexts = contexts;
    const { output } = await atTerminal([], [true, true]);
    if (expected === undefined) expect(output).not.toContain('authentication context');
    else {
      expect(output).toMatch(expected);
      expect(output).toContain('docs/explanation/step-up.md, "In a real tenant"');
    }
    expect(state().authenticationContexts).toEqual(contexts);
  });

  test('removes only after confirmation', async () => {
    await running.register();
    expect((await atTerminal(['--remove'], [false])).output).toContain('Nothing was removed.');
    expect(state().applications).toHaveLength(requiredApps.length);
    const { output } = await atTerminal(['--remove'], [true]);
    expect(output).toMatch(/To be removed for good:\n {2}- \S+: service principal/);
    expect(state().applications).toEqual([]);
    expect(await atTerminal(['--remove'], [])).toMatchObject({ exitCode: 0 });
  });

  test("warns that another tenant's files will be replaced, and keeps none of their values", async () => {
    const file = running.files.middleTierApi;
    await running.register({
      credential: { kind: 'certificate', file: `${running.environmentDirectory}/middle-tier-api.pem` },
    });
    const other = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(running.tenant.tenantId, other));
    const { output } = await atTerminal([], [false, false]);
    expect(output).toContain(`are for tenant ${other}: they will be replaced.`);
    expect(output).toContain('+ obo-middle-tier-api: client secret, for 90 days');
  });
});
