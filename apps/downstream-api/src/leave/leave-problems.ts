import { defineProblems } from '@obo/service-defaults/problems';

/** What the rules of leave refuse, and how that is answered. */
export const leaveProblems = defineProblems({
  leave_in_past: [422, 'Leave must start today or later'],
  leave_spans_years: [422, 'Leave must lie within one calendar year'],
  leave_without_working_days: [422, 'There is no working day in this period'],
  leave_overlaps: [409, 'There is leave on these days already'],
  leave_overdrawn: [422, 'There are not enough days left'],
  leave_already_started: [409, 'Leave that has started cannot be cancelled'],
  leave_request_not_found: [404, 'There is no such leave request'],
  idempotency_key_reused: [422, 'The idempotency key was used for another request'],
});
