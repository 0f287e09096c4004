import { Problem } from '@obo/service-defaults/problems';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { todayAt, yearOf } from './calendar.ts';
import { hasContentOf, toLeaveRequest, toRow, type User } from './leave-rows.ts';
import {
  type BookedLeave,
  bookedDays,
  decideCancellation,
  decideLeave,
  leaveProblems,
} from './leave-rules.ts';
import type { LeaveBalance, LeaveRequest, NewLeaveRequest } from './leave-schemas.ts';

/** Stores leave. Each method reads and changes the leave of the given user only. */
export class LeaveRepository {
  readonly #database: Database;
  readonly #entitlementDays: number;
  readonly #now: () => Date;

  /**
   * @param entitlementDays Working days of leave in a year in which the user has not requested leave yet.
   * @param now The clock.
   */
  constructor(database: Database, entitlementDays: number, now: () => Date) {
    this.#database = database;
    this.#entitlementDays = entitlementDays;
    this.#now = now;
  }

  /** Reads what is left of the entitlement of a year. */
  readBalance(user: User, year: number): Promise<LeaveBalance> {
    return this.#database.use(async (tables) => {
      const entitlement = await entitlementOf(tables, user, year).executeTakeFirst();
      const entitlementDays = entitlement?.entitlement_days ?? this.#entitlementDays;
      const booked = bookedDays(await bookedIn(tables, user, year));
      return { year, entitlementDays, bookedDays: booked, remainingDays: entitlementDays - booked };
    });
  }

  /** Lists the leave requests that are not canceled, by first day. */
  listRequests(user: User): Promise<LeaveRequest[]> {
    return this.#database.use(async (tables) => {
      const rows = await requestsOf(tables, user)
        .where('cancelled_at', 'is', null)
        .orderBy('start_date')
        .execute();
      return rows.map(toLeaveRequest);
    });
  }

  /**
   * Books leave, at most once for each key: repeating a request returns the same result, even if the leave was
   * canceled since.
   *
   * @param idempotencyKey A UUID that the client chose for this request.
   * @throws {Problem} `idempotency_key_reused`, `approver_not_allowed`, or what {@link decideLeave} throws.
   */
  requestLeave(user: User, idempotencyKey: string, request: NewLeaveRequest): Promise<LeaveRequest> {
    if (request.approver?.objectId === user.objectId.toLowerCase())
      throw new Problem(leaveProblems.approver_not_allowed);
    return this.#database.use((tables) =>
      tables.transaction().execute(async (transaction) => {
        const year = yearOf(request.startDate);
        const entitlementDays = await lockYear(transaction, user, year, this.#entitlementDays);
        const earlier = await requestsOf(transaction, user)
          .where('idempotency_key', '=', idempotencyKey)
          .executeTakeFirst();
        if (earlier && !hasContentOf(earlier, request))
          throw new Problem(leaveProblems.idempotency_key_reused);
        if (earlier) return toLeaveRequest(earlier);
        const booked = await bookedIn(transaction, user, year);
        const days = decideLeave(request, { entitlementDays, booked }, todayAt(this.#now()));
        const inserted = await transaction
          .insertInto('leave_request')
          .values(toRow(user, idempotencyKey, request, days, this.#now()))
          .onConflict((conflict) => conflict.constraint('leave_request_once').doNothing())
          .returningAll()
          .executeTakeFirst();
        // The lock covers one year, so a request for another year may have used the key in the meantime.
        if (!inserted) throw new Problem(leaveProblems.idempotency_key_reused);
        return toLeaveRequest(inserted);
      }),
    );
  }

  /**
   * Cancels leave. Canceling it again has no effect.
   *
   * @throws {Problem} `leave_request_not_found`, also for another user's leave; `leave_already_started`.
   */
  cancelRequest(user: User, id: string): Promise<void> {
    return this.#database.use(async (tables) => {
      const request = await requestsOf(tables, user).where('id', '=', id).executeTakeFirst();
      if (!request) throw new Problem(leaveProblems.leave_request_not_found);
      if (request.cancelled_at !== null) return;
      decideCancellation(toLeaveRequest(request), todayAt(this.#now()));
      await tables
        .updateTable('leave_request')
        .set({ cancelled_at: this.#now().toISOString() })
        .where('id', '=', id)
        .where('cancelled_at', 'is', null)
        .execute();
    });
  }
}

const entitlementOf = (tables: Kysely<Tables>, user: User, year: number) =>
  tables
    .selectFrom('leave_entitlement')
    .select('entitlement_days')
    .where('tenant_id', '=', user.tenantId)
    .where('object_id', '=', user.objectId)
    .where('year', '=', year);

const requestsOf = (tables: Kysely<Tables>, user: User) =>
  tables
    .selectFrom('leave_request')
    .selectAll()
    .where('tenant_id', '=', user.tenantId)
    .where('object_id', '=', user.objectId);

async function bookedIn(tables: Kysely<Tables>, user: User, year: number): Promise<BookedLeave[]> {
  const rows = await requestsOf(tables, user)
    .where('cancelled_at', 'is', null)
    .where(sql<boolean>`decision is distinct from 'rejected'`)
    .where(sql`extract(year from start_date)`, '=', year)
    .execute();
  return rows.map(toLeaveRequest);
}

/**
 * Locks a user's year until the transaction ends, so that requests for it are decided one after the other, each with
 * all earlier ones in sight. The first request fixes the entitlement.
 *
 * @returns the entitlement, in working days.
 */
async function lockYear(
  transaction: Transaction<Tables>,
  user: User,
  year: number,
  entitlementDays: number,
): Promise<number> {
  await transaction
    .insertInto('leave_entitlement')
    .values({
      tenant_id: user.tenantId,
      object_id: user.objectId,
      year,
      entitlement_days: entitlementDays,
    })
    .onConflict((conflict) => conflict.constraint('leave_entitlement_pkey').doNothing())
    .execute();
  const locked = await entitlementOf(transaction, user, year).forUpdate().executeTakeFirstOrThrow();
  return locked.entitlement_days;
}
