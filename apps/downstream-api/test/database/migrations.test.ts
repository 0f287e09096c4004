import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseLocation } from '@obo/service-defaults/configuration';
import * as door from '@obo/service-defaults/database';
import { createTestLogger } from '@obo/service-defaults/testing';
import { createPostgresql, onServer, postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { describe, expect, onTestFinished, test } from 'vitest';
import { leave } from '../../src/database/migrations/2026-11-24-leave.ts';
import { migrations } from '../../src/database/migrations.ts';
import type { Tables } from '../../src/database/tables.ts';
import { openDatabase } from '../../src/index.ts';
import { leaveOn, startApi, startIssuer } from '../support/api.ts';
import { expectCreated, expectProblem, requestsOf, waitingFor } from '../support/responses.ts';

const logger = createTestLogger('downstream-api');

describe.skipIf(!postgresqlAnswers)('an empty database', () => {
  test('gets its tables once from four instances that start together', async () => {
    const { location, name, drop } = await createPostgresql();
    onTestFinished(drop);
    const instances = await Promise.all(Array.from({ length: 4 }, () => openDatabase(location, logger)));
    for (const instance of instances) expect(await instance.ready()).toBe(true);
    const migrated = await onServer((client) => client.query('select name from kysely_migration'), name);
    expect(migrated.rows).toEqual([{ name: '2026-11-24-leave' }, { name: '2026-11-29-decisions' }]);
    await Promise.all(instances.map((instance) => instance.close()));
  });
});

describe.each([
  { kind: 'PGlite', create: createDirectory, available: true },
  { kind: 'PostgreSQL', create: createOnServer, available: postgresqlAnswers },
])('a database in $kind from before managers could decide', ({ create, available }) => {
  test.skipIf(!available)(
    'keeps its requests and lists them; they can be canceled, not decided',
    async () => {
      const location = await create();
      const issuer = await startIssuer();
      onTestFinished(issuer.close);
      const [adaId, graceId] = [randomUUID(), randomUUID()];
      const user = { tenant_id: String(issuer.claims().tid), object_id: adaId };
      const rows = [
        { start_date: '2026-04-01', end_date: '2026-04-02', note: 'Sea', approver_name: 'Grace' },
        { start_date: '2026-05-04', end_date: '2026-05-05', note: null, approver_name: null },
      ].map((row) => ({
        ...row,
        ...user,
        id: randomUUID(),
        idempotency_key: randomUUID(),
        days: 2,
        created_at: '2026-02-27T08:00:00Z',
      }));

      const old = await door.openDatabase<Tables>({
        service: 'downstream-api',
        location,
        migrations: { ...migrations, byName: { '2026-11-24-leave': leave } },
        logger,
      });
      await old.use(async (tables) => {
        const entitlement = { ...user, year: 2026, entitlement_days: 25 };
        await tables.insertInto('leave_entitlement').values(entitlement).execute();
        await tables.insertInto('leave_request').values(rows).execute();
      });
      await old.close();

      const api = await startApi(location, { issuer });
      onTestFinished(api.close);
      const [ada, grace] = [api.user(adaId), api.user(graceId)];
      const [waiting = '', approved] = rows.map(({ id }) => id);
      expect(await requestsOf(ada)).toMatchObject([
        { id: waiting, startDate: '2026-04-01', days: 2, note: 'Sea', status: 'pending', decision: null },
        { id: approved, startDate: '2026-05-04', days: 2, note: null, status: 'approved', decision: null },
      ]);
      expect((await waitingFor(grace)).requests).toEqual([]);
      await expectProblem(await grace.decide(waiting, 'approval'), 404, 'leave_request_not_found');

      expect((await ada.cancel(waiting)).status).toBe(204);
      const approver = { name: 'Grace', mail: null, objectId: graceId };
      const again = await expectCreated(await ada.post(leaveOn('2026-04-01', '2026-04-02', { approver })));
      expect((await waitingFor(grace)).requests).toMatchObject([{ id: again.id }]);
    },
  );
});

async function createDirectory(): Promise<DatabaseLocation> {
  const directory = await mkdtemp(join(tmpdir(), 'leave-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { directory };
}

async function createOnServer(): Promise<DatabaseLocation> {
  const { location, drop } = await createPostgresql();
  onTestFinished(drop);
  return location;
}
