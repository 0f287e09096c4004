import { z } from '../configuration/zod.ts';
import { challengeSchema } from '../sign-in/challenge.ts';
import { leaveSchema } from './leave.ts';
import { problemSchema } from './problem.ts';

const profileSchema = z.object({
  name: z.string(),
  jobTitle: z.nullable(z.string()),
  mail: z.nullable(z.string()),
  /** `data:` URL of the photo; `null` if the person has none. */
  photo: z.nullable(z.string()),
  manager: z.nullable(
    z.object({ name: z.string(), jobTitle: z.nullable(z.string()), mail: z.nullable(z.string()) }),
  ),
});

export type Profile = z.output<typeof profileSchema>;

const unavailable = z.object({ state: z.literal('unavailable'), problem: problemSchema });
const actionRequired = z.object({
  state: z.literal('action_required'),
  problem: problemSchema,
  challenge: challengeSchema,
});

export const overviewSchema = z.object({
  /** From Microsoft Graph. */
  profile: z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), data: profileSchema }),
    unavailable,
    actionRequired,
  ]),
  /** From the downstream API. */
  leave: z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), data: leaveSchema }),
    unavailable,
    actionRequired,
  ]),
});

export type Overview = z.output<typeof overviewSchema>;

/** A part of the overview, which says its own state, so that one source never hides another. */
export type Section<Data> =
  | { state: 'ok'; data: Data }
  | z.output<typeof unavailable>
  | z.output<typeof actionRequired>;
