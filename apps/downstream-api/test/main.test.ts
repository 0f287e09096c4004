import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestIssuer } from '@obo/access-token/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectMade, requestsOf } from './support/answers.ts';
import { type Caller, callerOf, environmentFor, leaveOn, startIssuer } from './support/api.ts';
import { createPostgresql, postgresqlAnswers } from './support/databases.ts';
import { startProcess } from './support/process.ts';

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

describe.each(stores)('a process that keeps leave in $kind', { timeout: 60_000 }, ({ create, available }) => {
  test.skipIf(!available)('loses and doubles no acknowledged request when it is killed', async () => {
    const variables = await create();
    const env = { ...environmentFor(issuer), ...variables };
    const people = Array.from({ length: 4 }, () => ({
      objectId: randomUUID(),
      sent: new Map<string, string>(),
    }));
    const acknowledged = new Map<string, unknown>();

    for (const year of ['2031', '2032', '2033']) {
      const api = await startProcess(env);
      const killed = Promise.withResolvers<unknown>();
      await Promise.all(
        people.map(async ({ objectId, sent }) => {
          const caller = callerOf(api.url, issuer, objectId);
          for (let day = 3; day < 28; day += 1) {
            const key = randomUUID();
            const date = `${year}-01-${String(day).padStart(2, '0')}`;
            sent.set(key, date);
            const response = await caller.post(leaveOn(date), key).catch(() => undefined);
            if (response === undefined) return;
            if (response.status === 201) acknowledged.set(key, await response.json().catch(() => undefined));
            if (acknowledged.size % 20 === 19) killed.resolve(api.end('SIGKILL'));
          }
        }),
      );
      killed.resolve(api.end('SIGKILL'));
      await killed.promise;
    }

    const api = await startProcess(env);
    for (const { objectId, sent } of people) {
      const caller = callerOf(api.url, issuer, objectId);
      const kept = new Map((await requestsOf(caller)).map((request) => [request.id, request]));
      const answers = await repeat(caller, sent, acknowledged);
      for (const answer of answers) expect(kept.get(answer.id)).toEqual(answer);
      const dates = (await requestsOf(caller)).map(({ startDate }) => startDate);
      expect(new Set(dates).size).toBe(dates.length);
    }
    await api.end('SIGKILL');
  });

  test.skipIf(!available)('stops when it is told to, and finds its data again', async () => {
    const variables = await create();
    const env = { ...environmentFor(issuer), ...variables };
    const objectId = randomUUID();
    const first = await startProcess(env);
    const made = await expectMade(await callerOf(first.url, issuer, objectId).post(leaveOn('2031-06-02')));
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const second = await startProcess(env);
    expect(await requestsOf(callerOf(second.url, issuer, objectId))).toEqual([made]);
    expect(await second.end('SIGINT')).toEqual({ code: 0, signal: null });
  });
});

/** Sends every weekday's request again; returns the answers to those that had been acknowledged. */
async function repeat(caller: Caller, sent: Map<string, string>, acknowledged: Map<string, unknown>) {
  const answers = [];
  for (const [key, date] of sent) {
    const response = await caller.post(leaveOn(date), key);
    if (response.status === 422) continue; // a weekend
    const answer = await expectMade(response);
    const before = acknowledged.get(key);
    if (before === undefined) continue;
    expect(answer).toEqual(before);
    answers.push(answer);
  }
  return answers;
}

describe('a process that cannot start', () => {
  test('says what is missing, without a stack', async () => {
    const message = await startProcess({}).catch((error: Error) => error.message);
    expect(message).toMatch(/^ended with 1:\nThe configuration is not complete:\n/);
    for (const name of ['TENANT_ID', 'AUTHORITY', 'CLIENT_ID', 'ALLOWED_CLIENT_IDS']) {
      expect(message).toContain(`  ${name}: is missing`);
    }
    expect(message).not.toMatch(/^\s+at /m);
  });

  test('says which process uses its directory, and leaves the directory alone', async () => {
    const variables = await inDirectory();
    const env = { ...environmentFor(issuer), ...variables };
    const first = await startProcess(env);
    const owner = await readFile(join(variables.DATA_DIRECTORY, 'process.lock'), 'utf8');
    const message = await startProcess(env).catch((error: Error) => error.message);
    expect(message).toContain(`ended with 1:\nDATA_DIRECTORY: process ${owner} uses it already.`);
    await expectMade(await callerOf(first.url, issuer, randomUUID()).post(leaveOn('2031-06-02')));
    await first.end('SIGTERM');
  });

  test('says that its directory cannot be written', async () => {
    const env = { ...environmentFor(issuer), DATA_DIRECTORY: '/dev/null/leave' };
    const message = await startProcess(env).catch((error: Error) => error.message);
    expect(message).toContain('ended with 1:\nDATA_DIRECTORY: /dev/null/leave cannot be written (');
  });
});
