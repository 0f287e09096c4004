import { createTestLogger } from '@obo/service-defaults/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { createPostgresql, onServer, postgresqlAnswers } from '../support/databases.ts';

const logger = createTestLogger('downstream-api');

describe.skipIf(!postgresqlAnswers)('an empty database', () => {
  test('gets its tables once from four instances that start together', async () => {
    const { location, name, drop } = await createPostgresql();
    onTestFinished(drop);
    const instances = await Promise.all(Array.from({ length: 4 }, () => openDatabase(location, logger)));
    for (const instance of instances) expect(await instance.ready()).toBe(true);
    const migrated = await onServer((client) => client.query('select name from kysely_migration'), name);
    expect(migrated.rows).toEqual([{ name: '2026-11-24-leave' }]);
    await Promise.all(instances.map((instance) => instance.close()));
  });
});
