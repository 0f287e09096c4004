import { randomBytes, randomUUID } from 'node:crypto';
import { postgresqlAnswers } from '@obo/service-defaults/testing/databases';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import * as faults from '../../chain/faults.ts';
import { amara, type CalendarChain, priya, startCalendarChain } from './calendar-chain.ts';

const patience = { timeout: 60_000, interval: 100 };
const issuedSchema = z.object({ access_token: z.string(), refresh_token: z.string().optional() });

test.skipIf(!postgresqlAnswers)(
  'no token is in a dump of the database, in clear or in base64',
  { timeout: 300_000 },
  async () => {
    const keyId = randomUUID().slice(0, 18);
    const chain = await startCalendarChain({
      variables: { TOKEN_CACHE_KEYS: `${keyId}:${randomBytes(32).toString('base64')}` },
    });
    onTestFinished(() => chain.close());
    const tokens = new Set<string>();
    const refreshTokens = new Set<string>();
    const watch = faults.change((body) => {
      const { data } = issuedSchema.safeParse(body);
      if (data) tokens.add(data.access_token);
      if (data?.refresh_token) refreshTokens.add(data.refresh_token);
      return body;
    });
    chain.proxies.identity_provider.fail(watch, ({ path }) => path.includes('/token'));

    const token = await chain.accessTokenOf(priya);
    tokens.add(token);
    chain.consent(priya);
    await chain.call(token, '/api/overview');
    const id = await chain.requestLeave(token, 2);
    // A failure too, because a queue keeps why a job failed.
    chain.proxies.graph.fail(faults.times(1, faults.serverError), ({ path }) => path.endsWith('/me/events'));
    const approver = await chain.accessTokenOf(amara);
    tokens.add(approver);
    const path = `/api/team/leave-requests/${id}/approval`;
    await chain.call(approver, path, { method: 'POST', body: {} });
    await expect.poll(async () => (await chain.eventsOf(priya)).length, patience).toBe(1);

    const dump = await dumpOf(chain);
    expect(dump).toContain(`${keyId}:`);
    expect(dump).toContain(id);
    expect(refreshTokens.size).toBeGreaterThan(2);
    for (const secret of [...tokens, ...refreshTokens]) {
      expect(dump).not.toContain(secret);
      // What is left when something shortens it.
      expect(dump).not.toContain(secret.slice(-40));
      expect(dump).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4));
    }
  },
);

/** Returns all rows of all tables as text. */
async function dumpOf(chain: CalendarChain): Promise<string> {
  const tables = z.array(z.object({ name: z.string() })).parse(
    await chain.rows(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    ),
  );
  const rows = await Promise.all(
    tables.map(({ name }) => chain.rows(`select dumped::text from ${name} as dumped`)),
  );
  return JSON.stringify(rows);
}
