import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestIssuer } from '@obo/access-token/testing';
import { createPostgresql, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Caller, callerOf, environmentFor, leaveOn, startIssuer } from './support/api.ts';
import { startProcess } from './support/process.ts';
import { expectCreated, requestsOf } from './support/responses.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

const inDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'leave with space '));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { DATA_DIRECTORY: directory };
};
const onServer = async () => {
  const { url, drop } = await createPostgresql();
  onTestFinished(drop);
  return { DATABASE_URL: url };
};
const stores = [
  { kind: 'PGlite', create: inDirectory, available: true },
  { kind: 'PostgreSQL', create: onServer, available: postgresqlAnswers },
];

describe.each(stores)(
  'a process that stores leave in $kind',
  { timeout: 60_000 },
  ({ create, available }) => {
    test.skipIf(!available)('loses and repeats no acknowledged request, however it is stopped', async () => {
      const variables = await create();
      const env = { ...environmentFor(issuer), ...variables };
      const users = Array.from({ length: 4 }, () => ({
        objectId: randomUUID(),
        sent: new Map<string, string>(),
      }));
      const acknowledged = new Map<string, unknown>();

      for (const [year, signal] of [
        ['2031', 'SIGKILL'],
        ['2032', 'SIGTERM'],
      ] as const) {
        const api = await startProcess(env);
        let exited: ReturnType<typeof api.stop> | undefined;
        const stop = () => (exited ??= api.stop(signal));
        await Promise.all(
          users.map(async ({ objectId, sent }) => {
            const caller = callerOf(api.url, issuer, objectId);
            for (let day = 3; day < 28; day += 1) {
              const key = randomUUID();
              const date = `${year}-01-${String(day).padStart(2, '0')}`;
              sent.set(key, date);
              const response = await caller.post(leaveOn(date), key).catch(() => undefined);
              if (response === undefined) return;
              if (response.status === 201)
                acknowledged.set(key, await response.json().catch(() => undefined));
              if (acknowledged.size % 20 === 19) void stop();
            }
          }),
        );
        expect(await stop()).toEqual(
          signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal },
        );
      }

      const api = await startProcess(env);
      for (const { objectId, sent } of users) {
        const caller = callerOf(api.url, issuer, objectId);
        const stored = new Map((await requestsOf(caller)).map((request) => [request.id, request]));
        const results = await repeat(caller, sent, acknowledged);
        for (const result of results) expect(stored.get(result.id)).toEqual(result);
        const dates = (await requestsOf(caller)).map(({ startDate }) => startDate);
        expect(new Set(dates).size).toBe(dates.length);
      }
      expect(await api.stop('SIGINT')).toEqual({ code: 0, signal: null });
    });
  },
);

/** Sends every request again; returns the results of those that had been acknowledged. */
async function repeat(caller: Caller, sent: Map<string, string>, acknowledged: Map<string, unknown>) {
  const results = [];
  for (const [key, date] of sent) {
    const response = await caller.post(leaveOn(date), key);
    if (response.status === 422) continue; // a weekend
    const result = await expectCreated(response);
    const before = acknowledged.get(key);
    if (before === undefined) continue;
    expect(result).toEqual(before);
    results.push(result);
  }
  return results;
}

describe('a process that cannot start', () => {
  test('lists what is missing, without a stack', async () => {
    const message = await startProcess({}).catch((error: Error) => error.message);
    expect(message).toMatch(/^exited with 1:\nThe configuration is not complete:\n/);
    for (const name of ['TENANT_ID', 'AUTHORITY', 'CLIENT_ID', 'ALLOWED_CLIENT_IDS']) {
      expect(message).toContain(`  ${name}: is missing`);
    }
    expect(message).not.toMatch(/^\s+at /m);
  });

  test('names the process that uses its directory, and does not touch the directory', async () => {
    const { DATA_DIRECTORY } = await inDirectory();
    await mkdir(DATA_DIRECTORY, { recursive: true });
    await writeFile(join(DATA_DIRECTORY, 'process.lock'), String(process.pid));
    const env = { ...environmentFor(issuer), DATA_DIRECTORY };
    const message = await startProcess(env).catch((error: Error) => error.message);
    expect(message).toContain(`exited with 1:\nDATA_DIRECTORY: process ${process.pid} already uses it.`);
    expect(await readdir(DATA_DIRECTORY)).toEqual(['process.lock']);
  });

  test('reports that its directory cannot be written', async () => {
    const env = { ...environmentFor(issuer), DATA_DIRECTORY: '/dev/null/leave' };
    const message = await startProcess(env).catch((error: Error) => error.message);
    expect(message).toContain('exited with 1:\nDATA_DIRECTORY: /dev/null/leave cannot be written (');
  });
});
