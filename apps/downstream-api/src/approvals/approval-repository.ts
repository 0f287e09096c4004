import { defineProblems, Problem } from '@obo/service-defaults/problems';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Decision, LeaveRequestTable, Tables } from '../database/tables.ts';
import { toLeaveRequest, type User } from '../leave/leave-rows.ts';
import { leaveProblems } from '../leave/leave-rules.ts';
import {
  formatPagePosition,
  type PagePosition,
  type TeamLeaveRequest,
  type TeamLeaveRequestPage,
} from './approval-schemas.ts';

/** The answers to decisions that come too late. */
export const approvalProblems = defineProblems({
  leave_already_decided: [409, 'The leave request is already decided'],
  leave_canceled: [409, 'The leave request was canceled'],
});

/** What an approver decides, and the key under which repeating it has no effect. */
export interface NewDecision {
  decision: Decision;
  note: string | null;
  idempotencyKey: string;
}

/** Reads and decides leave requests. Each method sees only those of which the given user is the approver. */
export class ApprovalRepository {
  readonly #database: Database;
  readonly #now: () => Date;

  /** @param now The clock. */
  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Lists requests that wait for a decision, by first day.
   *
   * @param limit The most requests to return.
   * @param after The end of the page before; the first page if omitted.
   */
  listWaiting(approver: User, limit: number, after?: PagePosition): Promise<TeamLeaveRequestPage> {
    return this.#database.use(async (tables) => {
      let query = requestsFor(tables, approver)
        .where('decision', 'is', null)
        .where('cancelled_at', 'is', null)
        .orderBy('start_date')
        .orderBy('id')
        .limit(limit + 1);
      if (after)
        query = query.where(sql<boolean>`(start_date, id) > (${after.startDate}::date, ${after.id}::uuid)`);
      const rows = await query.execute();
      const requests = rows.slice(0, limit).map(toTeamLeaveRequest);
      const last = requests.at(-1);
      return { requests, next: last && rows.length > limit ? formatPagePosition(last) : null };
    });
  }

  /**
   * Decides on a request, once: of several decisions at the same moment one takes effect. Repeating it with its key
   * returns the same result, even if the leave was canceled since.
   *
   * @param id A leave request.
   * @param check Throws if the user may not decide in this way on this open request.
   * @throws {Problem} `leave_request_not_found` if the user is not its approver; `leave_already_decided`;
   *   `leave_canceled`; `idempotency_key_reused`.
   */
  decide(
    approver: User,
    id: string,
    decision: NewDecision,
    check: (request: TeamLeaveRequest) => void,
  ): Promise<TeamLeaveRequest> {
    return this.#database.use(async (tables) => {
      const request = await requestsFor(tables, approver).where('id', '=', id).executeTakeFirst();
      if (!request) throw new Problem(leaveProblems.leave_request_not_found);
      if (request.decision !== null || request.cancelled_at !== null)
        return earlierDecision(request, decision);
      check(toTeamLeaveRequest(request));
      const decided = await tables
        .updateTable('leave_request')
        .set({
          decision: decision.decision,
          decision_note: decision.note,
          decision_key: decision.idempotencyKey,
          decided_by: approver.objectId,
          decided_at: this.#now().toISOString(),
        })
        .where('id', '=', id)
        .where('decision', 'is', null)
        .where('cancelled_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (decided) return toTeamLeaveRequest(decided);
      // Another decision or the cancellation came in between.
      const changed = await requestsFor(tables, approver).where('id', '=', id).executeTakeFirstOrThrow();
      return earlierDecision(changed, decision);
    });
  }
}

/** Returns a request that is no longer open, if this very decision was made before. */
function earlierDecision(request: Selectable<LeaveRequestTable>, decision: NewDecision): TeamLeaveRequest {
  if (request.decision_key === decision.idempotencyKey.toLowerCase()) {
    if (request.decision === decision.decision && request.decision_note === decision.note)
      return toTeamLeaveRequest(request);
    throw new Problem(leaveProblems.idempotency_key_reused);
  }
  if (request.cancelled_at !== null) throw new Problem(approvalProblems.leave_canceled);
  throw new Problem(approvalProblems.leave_already_decided, {
    detail: `It was ${request.decision} at ${request.decided_at?.toISOString()}.`,
    extensions: { decision: request.decision },
  });
}

const requestsFor = (tables: Kysely<Tables>, approver: User) =>
  tables
    .selectFrom('leave_request')
    .selectAll()
    .where('tenant_id', '=', approver.tenantId)
    .where('approver_object_id', '=', approver.objectId);

function toTeamLeaveRequest(row: Selectable<LeaveRequestTable>): TeamLeaveRequest {
  const { approver: _self, ...request } = toLeaveRequest(row);
  return { ...request, requester: { objectId: row.object_id } };
}
