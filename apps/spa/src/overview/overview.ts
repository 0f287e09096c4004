import { z } from '../configuration/zod.ts';
import { leaveSchema } from '../leave/leave.ts';
import { problemSchema } from '../middle-tier/problem.ts';

const profileSchema = z.object({
  name: z.string(),
  jobTitle: z.nullable(z.string()),
  mail: z.nullable(z.string()),
  /** `data:` URL of the photo; `null` if the user has none. */
  photo: z.nullable(z.string()),
  manager: z.nullable(
    z.object({ name: z.string(), jobTitle: z.nullable(z.string()), mail: z.nullable(z.string()) }),
  ),
});

export type Profile = z.output<typeof profileSchema>;

/** The problem of a section says what the user can do about it; `action_required` only says that there is something. */
const failedSectionSchema = z.object({
  state: z.enum(['unavailable', 'action_required']),
  problem: problemSchema,
});

export const overviewSchema = z.object({
  /** From Microsoft Graph. */
  profile: z.union([z.object({ state: z.literal('ok'), data: profileSchema }), failedSectionSchema]),
  /** From the downstream API. */
  leave: z.union([z.object({ state: z.literal('ok'), data: leaveSchema }), failedSectionSchema]),
});

export type Overview = z.output<typeof overviewSchema>;

/** A part of the overview with a state of its own, so that one failed source never hides another. */
export type Section<Data> = { state: 'ok'; data: Data } | z.output<typeof failedSectionSchema>;
