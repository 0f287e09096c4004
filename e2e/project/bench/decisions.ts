import { randomUUID } from 'node:crypto';
import { startTestIssuer } from '@obo/access-token/testing';
import { createDownstreamApi, type Database, openDatabase, readConfiguration } from '@obo/downstream-api';
import { listen } from '@obo/service-defaults/server';
import { pino } from 'pino';
import { Pool } from 'undici';
import { z } from 'zod';
import { type BenchRow, ratioRow, shownRow } from './bench-row.ts';
import { answerMessages, startProgram } from './program.ts';

const concurrency = 20;
const decisionsARound = 200;
const rounds = 30;
/** Not counted, while V8 optimizes the code. */
const warmUpRounds = 10;

const rowName = `Decisions per second: the downstream API / its two statements without the API, PostgreSQL, c = ${concurrency}`;
const logger = pino({ level: 'silent' });
const startedSchema = z.object({ url: z.string(), token: z.string(), tenantId: z.string() });

/** Compares decisions of an approver through the downstream API with what they do in the database. */
export async function decisionRows(): Promise<BenchRow[]> {
  // It looks for a server as soon as it is loaded, which no other part of the bench needs.
  const { createPostgresql, postgresqlAnswers } = await import('@obo/service-defaults/testing/databases');
  if (!postgresqlAnswers)
    return [shownRow(rowName, 'not measured, as no PostgreSQL answers at DATABASE_URL')];
  const { url: databaseUrl, drop } = await createPostgresql();
  const approver = randomUUID();
  const program = startProgram(import.meta.filename);
  const { url, token, tenantId } = await program.ask({ databaseUrl, approver }, startedSchema);
  const database = await openDatabase({ url: databaseUrl }, logger);
  const api = new Pool(url, { connections: concurrency });

  async function decideThroughApi(id: string): Promise<void> {
    const { statusCode, body } = await api.request({
      method: 'POST',
      path: `/api/team/leave-requests/${id}/approval`,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: '{"note":"Have a good time"}',
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`The decision was not made: ${statusCode} ${text}`);
  }

  const figures = { api: [] as number[], statements: [] as number[] };
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const throughApi = await rateOf(decideThroughApi, await insertRequests(database, tenantId, approver));
    const bare = await rateOf(
      (id) => decideInDatabase(database, { tenantId, approver, id }),
      await insertRequests(database, tenantId, approver),
    );
    if (round < 0) continue;
    figures.api.push(throughApi);
    figures.statements.push(bare);
  }
  await api.close();
  await program[Symbol.asyncDispose]();
  await database.close();
  await drop();
  return [
    ratioRow(rowName, { atLeast: 0.45 }, figures.api, figures.statements, {
      show: (rate) => `${rate.toFixed(0)}/s`,
    }),
  ];
}

/** Measures how many decisions are made in a second. */
async function rateOf(decide: (id: string) => Promise<void>, ids: readonly string[]): Promise<number> {
  const waiting = ids.values();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const id of waiting) await decide(id);
    }),
  );
  return (ids.length * 1000) / (performance.now() - started);
}

/** Creates requests of as many users that wait for the approver, and returns their IDs. */
async function insertRequests(database: Database, tenantId: string, approver: string): Promise<string[]> {
  const rows = Array.from({ length: decisionsARound }, () => ({
    id: randomUUID(),
    tenant_id: tenantId,
    object_id: randomUUID(),
    idempotency_key: randomUUID(),
    start_date: '2026-12-21',
    end_date: '2026-12-23',
    days: 3,
    note: 'Home for the holidays',
    approver_name: 'Amara Okafor',
    approver_mail: 'amara.okafor@contoso.example',
    approver_object_id: approver,
    created_at: new Date().toISOString(),
  }));
  await database.use((tables) => tables.insertInto('leave_request').values(rows).execute());
  return rows.map(({ id }) => id);
}

/** Makes a decision as the API does, without asking whether it may be made. */
function decideInDatabase(
  database: Database,
  { tenantId, approver, id }: { tenantId: string; approver: string; id: string },
): Promise<void> {
  return database.use(async (tables) => {
    await tables
      .selectFrom('leave_request')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('approver_object_id', '=', approver)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await tables
      .updateTable('leave_request')
      .set({
        decision: 'approved',
        decision_note: 'Have a good time',
        decision_key: randomUUID(),
        decided_by: approver,
        decided_at: new Date().toISOString(),
      })
      .where('id', '=', id)
      .where('decision', 'is', null)
      .where('cancelled_at', 'is', null)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

/** Starts the API in this process, and returns where it listens and a token for the approver. */
async function startApi(databaseUrl: string, approver: string): Promise<z.infer<typeof startedSchema>> {
  const [audience, client] = [randomUUID(), randomUUID()];
  const issuer = await startTestIssuer({ audience, client, scope: 'Leave.Approve' });
  const configuration = readConfiguration({
    ...issuer.environment,
    CLIENT_ID: audience,
    ALLOWED_CLIENT_IDS: client,
    RATE_LIMIT_PER_ADDRESS: '0',
    RATE_LIMIT_PER_USER: '0',
  });
  const database = await openDatabase({ url: databaseUrl }, logger);
  const { app } = createDownstreamApi({ configuration, logger, database });
  const { url } = await listen(app, { host: 'localhost', port: 0 });
  const claims = issuer.claims({ oid: approver });
  return { url, token: await issuer.sign(claims), tenantId: String(claims.tid) };
}

const startSchema = z.object({ databaseUrl: z.string(), approver: z.string() });

if (import.meta.main)
  answerMessages((message) => {
    const { databaseUrl, approver } = startSchema.parse(message);
    return startApi(databaseUrl, approver);
  });
