import { z } from '../configuration/zod.ts';
import type { InterruptedAction } from '../sign-in/interrupted-action.ts';

const schema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('request-leave'),
    draft: z.object({ startDate: z.string(), endDate: z.string(), note: z.string() }),
    idempotencyKey: z.string(),
  }),
  z.object({ kind: z.literal('cancel-leave'), requestId: z.string() }),
]);

/** What a person was doing with their leave when the identity provider wanted them. */
export type InterruptedLeave = z.output<typeof schema>;

/** The kept action, if it is one of these. */
export function readInterruptedLeave<Kind extends InterruptedLeave['kind']>(
  interrupted: InterruptedAction | null,
  kind: Kind,
): Extract<InterruptedLeave, { kind: Kind }> | null {
  const result = schema.safeParse(interrupted?.action);
  return result.success && isOf(result.data, kind) ? result.data : null;
}

function isOf<Kind extends InterruptedLeave['kind']>(
  action: InterruptedLeave,
  kind: Kind,
): action is Extract<InterruptedLeave, { kind: Kind }> {
  return action.kind === kind;
}
