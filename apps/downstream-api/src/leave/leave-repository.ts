import { Problem } from '@obo/service-defaults/problems';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { todayAt, yearOf } from './calendar-date.ts';
import { leaveProblems } from './leave-problems.ts';
import { isMadeFrom, type Person, toLeaveRequest, toRow } from './leave-rows.ts';
import { type BookedLeave, bookedDays, decideCancellation, decideLeave } from './leave-rules.ts';
import type { LeaveBalance, LeaveRequest, NewLeaveRequest } from './leave-schemas.ts';

/** Everybody's leave. Each call sees and changes that of one person only. */
export interface LeaveRepository {
  readBalance(person: Person, year: number): Promise<LeaveBalance>;
  /** All leave that is not cancelled, by its first day. */
  listRequests(person: Person): Promise<LeaveRequest[]>;
  /**
   * Books leave, at most once for each key: the same request again gets the same answer, whatever happened since.
   *
   * @param idempotencyKey A UUID of the client's.
   * @throws {Problem} `idempotency_key_reused`, or what {@link decideLeave} throws.
   */
  requestLeave(person: Person, idempotencyKey: string, wanted: NewLeaveRequest): Promise<LeaveRequest>;
  /**
   * Cancels leave; again has no further effect.
   *
   * @throws {Problem} `leave_request_not_found`, also for another person's; `leave_already_started`.
   */
  cancelRequest(person: Person, id: string): Promise<void>;
}

/**
 * @param entitlementDays What a person may take in a year, if they have not requested leave in it yet.
 * @param now The clock.
 */
export function createLeaveRepository(
  database: Database,
  entitlementDays: number,
  now: () => Date,
): LeaveRepository {
  return {
    readBalance: (person, year) =>
      database.use(async (tables) => {
        const entitlement = await entitlementOf(tables, person, year).executeTakeFirst();
        const booked = bookedDays(await bookedIn(tables, person, year));
        const entitled = entitlement?.entitlement_days ?? entitlementDays;
        return { year, entitlementDays: entitled, bookedDays: booked, remainingDays: entitled - booked };
      }),

    listRequests: (person) =>
      database.use(async (tables) => {
        const rows = await requestsOf(tables, person)
          .where('cancelled_at', 'is', null)
          .orderBy('start_date')
          .execute();
        return rows.map(toLeaveRequest);
      }),

    requestLeave: (person, idempotencyKey, wanted) =>
      database.use((tables) =>
        tables.transaction().execute(async (transaction) => {
          const year = yearOf(wanted.startDate);
          const entitled = await lockYear(transaction, person, year, entitlementDays);
          const earlier = await requestsOf(transaction, person)
            .where('idempotency_key', '=', idempotencyKey)
            .executeTakeFirst();
          if (earlier && !isMadeFrom(earlier, wanted))
            throw new Problem(leaveProblems.idempotency_key_reused);
          if (earlier) return toLeaveRequest(earlier);
          const booked = await bookedIn(transaction, person, year);
          const days = decideLeave(wanted, { entitlementDays: entitled, booked }, todayAt(now()));
          const made = await transaction
            .insertInto('leave_request')
            .values(toRow(person, idempotencyKey, wanted, days, now()))
            .onConflict((conflict) => conflict.constraint('leave_request_once').doNothing())
            .returningAll()
            .executeTakeFirst();
          // Only a request for another year, which has another lock, can have taken the key since we looked.
          if (!made) throw new Problem(leaveProblems.idempotency_key_reused);
          return toLeaveRequest(made);
        }),
      ),

    cancelRequest: (person, id) =>
      database.use(async (tables) => {
        const request = await requestsOf(tables, person).where('id', '=', id).executeTakeFirst();
        if (!request) throw new Problem(leaveProblems.leave_request_not_found);
        if (request.cancelled_at !== null) return;
        decideCancellation(toLeaveRequest(request), todayAt(now()));
        await tables
          .updateTable('leave_request')
          .set({ cancelled_at: now().toISOString() })
          .where('id', '=', id)
          .where('cancelled_at', 'is', null)
          .execute();
      }),
  };
}

const entitlementOf = (tables: Kysely<Tables>, person: Person, year: number) =>
  tables
    .selectFrom('leave_entitlement')
    .select('entitlement_days')
    .where('tenant_id', '=', person.tenantId)
    .where('object_id', '=', person.objectId)
    .where('year', '=', year);

const requestsOf = (tables: Kysely<Tables>, person: Person) =>
  tables
    .selectFrom('leave_request')
    .selectAll()
    .where('tenant_id', '=', person.tenantId)
    .where('object_id', '=', person.objectId);

async function bookedIn(tables: Kysely<Tables>, person: Person, year: number): Promise<BookedLeave[]> {
  const rows = await requestsOf(tables, person)
    .where('cancelled_at', 'is', null)
    .where(sql`extract(year from start_date)`, '=', year)
    .execute();
  return rows.map(toLeaveRequest);
}

/**
 * Makes every other request of this person for this year wait until the transaction ends, so that each is decided
 * with all earlier ones in sight.
 *
 * @returns the days they may take in it.
 */
async function lockYear(
  transaction: Transaction<Tables>,
  person: Person,
  year: number,
  entitlementDays: number,
): Promise<number> {
  await transaction
    .insertInto('leave_entitlement')
    .values({
      tenant_id: person.tenantId,
      object_id: person.objectId,
      year,
      entitlement_days: entitlementDays,
    })
    .onConflict((conflict) => conflict.constraint('leave_entitlement_pkey').doNothing())
    .execute();
  const locked = await entitlementOf(transaction, person, year).forUpdate().executeTakeFirstOrThrow();
  return locked.entitlement_days;
}
