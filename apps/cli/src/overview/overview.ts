import { z } from 'zod';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import { leaveSchema } from '../leave/leave.ts';
import { type MiddleTier, readJson } from '../middle-tier/middle-tier.ts';
import { challengeOf, problemSchema } from '../middle-tier/problem.ts';
import type { Session } from '../sign-in/session.ts';
import { SignInRequired } from '../sign-in/sign-in-failure.ts';

const profileSchema = z.object({
  name: z.string(),
  jobTitle: z.string().nullable(),
  mail: z.string().nullable(),
  manager: z
    .object({ name: z.string(), jobTitle: z.string().nullable(), mail: z.string().nullable() })
    .nullable(),
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

/**
 * Fetches the overview on behalf of the signed-in user. If a section requires something of the user, asks for it and
 * fetches the overview again, once. If the user declines, what could be read is left.
 */
export async function readOverview(middleTier: MiddleTier, session: Session): Promise<Overview> {
  const overview = await fetchOverview(middleTier);
  const challenges = problemsIn(overview).map(challengeOf);
  const challenge = challenges.find((one) => one !== null);
  if (!challenge || !session.canAsk) return overview;
  try {
    await session.answer(challenge);
  } catch (error) {
    const isDeclined = error instanceof CommandFailed && error.exitCode === exitCodes.signInRequired;
    // Another user who signs in sees nothing of this one.
    if (!isDeclined || error instanceof SignInRequired) throw error;
    return overview;
  }
  return fetchOverview(middleTier);
}

const fetchOverview = async (middleTier: MiddleTier): Promise<Overview> =>
  readJson(await middleTier.call({ path: '/api/overview' }), overviewSchema);

/** Returns the problems of the sections that could not be read. */
export const problemsIn = ({ profile, leave }: Overview) =>
  [profile, leave].flatMap((section) => (section.state === 'ok' ? [] : [section.problem]));
