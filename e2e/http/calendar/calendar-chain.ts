import { randomBytes } from 'node:crypto';
import { users } from '@obo/local-tenant';
import type { FailureTimes } from '@obo/middle-tier-api';
import { startTcpFaultProxy, type TcpFaultProxy } from '@obo/service-defaults/testing';
import { createPostgresql, onServer } from '@obo/service-defaults/testing/databases';
import { expect, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { eventsOf } from '../../chain/calendar-events.ts';
import type { SeenRequest } from '../../chain/fault-proxy.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { type MiddleTierProcess, startMiddleTierProcess } from '../../chain/middle-tier-process.ts';

export const priya = 'priya.raman@contoso.example';
export const amara = 'amara.okafor@contoso.example';
export const lukasz = 'lukasz.dabrowski@contoso.example';
/** A guest, who has no mailbox. */
export const mateo = 'mateo.quispe@fabrikam.example';

/** Times that make jobs run at once, and again after a second. */
export const quick: FailureTimes = {
  callDeadline: 2_000,
  circuitPause: 100,
  calendar: { shortest: 1, longest: 1, patience: 86_400, safety: 60, pollEvery: 0.5 },
};

/** A chain whose middle tier adds leave to calendars. */
export interface CalendarChain extends FaultyChain {
  databaseName: string;
  /** Only the middle tier reaches its database through it. */
  databaseProxy: TcpFaultProxy;
  /** Sends a request to the middle tier, or to the instance at another address. */
  call(
    token: string,
    path: string,
    options?: { method?: string; body?: object; key?: string; url?: string },
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  /** Signs a user in who consents to the calendar, and returns the access token. */
  signIn(userPrincipalName: string): Promise<string>;
  /** Starts a process of the middle tier, which ends with the test. */
  startInstance(variables?: Record<string, string>): Promise<MiddleTierProcess>;
  /** Consents to the calendar for a user, as the consent page does. The user has to have signed in before. */
  consent(userPrincipalName: string): void;
  /** Requests leave for a Monday of next year, or until another day, to be added to the calendar. */
  requestLeave(
    token: string,
    week: number,
    options?: { lastDay?: string; key?: string; url?: string },
  ): Promise<string>;
  /** Decides on a leave request as the manager, who is Priya's if omitted, at the middle tier or the instance at another address. */
  decide(
    id: string,
    options?: { decision?: 'approval' | 'rejection'; manager?: string; url?: string },
  ): ReturnType<CalendarChain['call']>;
  /** Cancels a leave request, at the middle tier or the instance at another address. */
  cancel(token: string, id: string, options?: { url?: string }): ReturnType<CalendarChain['call']>;
  /** Returns the requests to Graph that create an event, since the last reset. */
  creations(): SeenRequest[];
  /** Lists the sessions of the user whose token it is. */
  sessionsOf(token: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Renews the only session of the user whose token it is. */
  renew(token: string): ReturnType<CalendarChain['call']>;
  /** Waits until all jobs are done. */
  jobsDone(): Promise<void>;
  /** Makes the attempt that waits after a failed one, as if its time had come. */
  retryNow(): Promise<void>;
  /** Returns the log lines of jobs that failed since the test began. */
  failures(): string[];
  /** Runs a statement on the middle tier's database. */
  rows(statement: string): Promise<unknown[]>;
  /** Removes everything that a test can leave behind. */
  empty(): Promise<void>;
  /** Lists the events in a user's calendar, as Graph tells. */
  eventsOf(userPrincipalName: string): ReturnType<typeof eventsOf>;
  /** Uses a switch of the local tenant. */
  flip(method: string, path: string, body?: object): Promise<void>;
}

/** Whether the middle tier runs in this process, or the test starts processes with `environments.middleTierApi`. */
type Instances = 'here' | 'processes';

/** Starts it on a PostgreSQL database of its own. */
export async function startCalendarChain(
  options: { instances?: Instances; variables?: Record<string, string>; times?: FailureTimes } = {},
): Promise<CalendarChain> {
  const { instances = 'here', variables = {}, times = quick } = options;
  const database = await createPostgresql();
  const databaseProxy = await startTcpFaultProxy(database.url, 5432);
  const environment = {
    DATABASE_URL: databaseProxy.url,
    RATE_LIMIT_PER_USER: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    ...variables,
  };
  const chain = await startFaultyChain(times, { calendar: instances === 'here', environment });
  const { tenant, environments } = chain;
  const ofProcesses = {
    PORT: '0',
    PUBLIC_URL: 'http://localhost:1',
    TOKEN_CACHE_KEYS: `test:${randomBytes(32).toString('base64')}`,
  };
  const rows: CalendarChain['rows'] = async (statement) =>
    (await onServer((client) => client.query(statement), database.name)).rows;
  const count = async (what: string) => z.object({ count: z.int() }).parse((await rows(what))[0]).count;
  let logged = 0;

  const call: CalendarChain['call'] = async (
    token,
    path,
    { method = 'GET', body, key = crypto.randomUUID(), url = chain.middleTierUrl } = {},
  ) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };

  if (instances === 'here') {
    const started = "select from pgboss.schedule where name = 'calendar-sweep'";
    await vi.waitFor(async () => expect(await rows(started)).toHaveLength(1), {
      timeout: 120_000,
      interval: 200,
    });
  }

  const middleTierApi = { ...environments.middleTierApi, ...(instances === 'processes' && ofProcesses) };
  const consent: CalendarChain['consent'] = (userPrincipalName) => {
    const user = users.find((one) => [one.userPrincipalName, one.mail].includes(userPrincipalName));
    for (const grant of tenant.directory.state.permissionGrants)
      if (grant.principalId === user?.id && grant.scope.includes('User.ReadBasic.All'))
        grant.scope += ' Calendars.ReadWrite';
  };

  const sessionsOf: CalendarChain['sessionsOf'] = async (token, url) => {
    const { body } = await call(token, '/api/long-running-sessions', url === undefined ? {} : { url });
    return z.object({ sessions: z.array(z.looseObject({})) }).parse(body).sessions;
  };

  return {
    ...chain,
    environments: { ...environments, middleTierApi },
    rows,
    consent,
    async signIn(userPrincipalName) {
      const token = await chain.accessTokenOf(userPrincipalName);
      consent(userPrincipalName);
      return token;
    },
    async startInstance(variables = {}) {
      const instance = await startMiddleTierProcess({ ...middleTierApi, ...variables });
      onTestFinished(async () => {
        instance.signal('SIGKILL');
        await instance.ended;
      });
      return instance;
    },
    sessionsOf,
    async renew(token) {
      const [session] = await sessionsOf(token);
      return call(token, `/api/long-running-sessions/${session?.id}/renewal`, { method: 'POST' });
    },
    async jobsDone() {
      const open = "select count(*)::int from pgboss.job where name = 'calendar' and state < 'completed'";
      await expect.poll(() => count(open), { timeout: 60_000, interval: 100 }).toBe(0);
    },
    async retryNow() {
      const due = `update pgboss.job set start_after = now()
        where name = 'calendar' and state = 'created' and start_after > now() and data::jsonb ? 'failingSince' returning 1`;
      await expect.poll(async () => (await rows(due)).length, { timeout: 60_000, interval: 100 }).toBe(1);
    },
    failures: () => chain.logs.slice(logged).filter((line) => line.includes('"calendar not changed"')),
    async empty() {
      await rows("delete from pgboss.job where name like 'calendar%' and state <> 'active'");
      await rows('delete from calendar_entry');
      await rows('delete from long_running_session');
      await chain.reset();
      logged = chain.logs.length;
    },
    databaseName: database.name,
    databaseProxy,
    call,
    async requestLeave(token, week, { lastDay, key, url } = {}) {
      const date = mondayOf(week);
      const body = { startDate: date, endDate: lastDay ?? date, addToCalendar: true };
      const answer = await call(token, '/api/leave-requests', {
        method: 'POST',
        body,
        ...(key && { key }),
        ...(url && { url }),
      });
      if (answer.status !== 201) throw new Error(`Not requested: ${JSON.stringify(answer.body)}`);
      return String(answer.body.id);
    },
    async decide(id, { decision = 'approval', manager = amara, url } = {}) {
      const path = `/api/team/leave-requests/${id}/${decision}`;
      return call(await chain.accessTokenOf(manager), path, {
        method: 'POST',
        body: {},
        ...(url && { url }),
      });
    },
    cancel: (token, id, { url } = {}) =>
      call(token, `/api/leave-requests/${id}`, { method: 'DELETE', ...(url && { url }) }),
    creations: () =>
      chain.proxies.graph.requests.filter(
        ({ method, path }) => method === 'POST' && path.endsWith('/me/events'),
      ),
    eventsOf: (userPrincipalName) => eventsOf(chain, userPrincipalName),
    async flip(method, path, body = {}) {
      const response = await fetch(`${new URL(tenant.graphBaseUrl).origin}/local-tenant${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    },
    async close() {
      await chain.close();
      await databaseProxy.close();
      await database.drop();
    },
  };
}

/** Returns a Monday of next year. */
export function mondayOf(week: number): string {
  const date = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 7 * week));
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}
