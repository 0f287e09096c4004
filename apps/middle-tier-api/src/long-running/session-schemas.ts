import { z } from 'zod';

/** A long-running session, as its user sees it. */
export const longRunningSessionSchema = z.object({
  id: z.guid(),
  purpose: z.literal('calendar'),
  state: z
    .enum(['active', 'action_required'])
    .meta({ description: 'In `action_required` nothing happens until the user acts' }),
  action: z.enum(['sign_in', 'consent', 'retry']).nullable().meta({ description: 'What the user has to do' }),
  reason: z.string().nullable().meta({ description: 'The code of the problem that made it necessary' }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  waiting: z.int().meta({ description: 'Leave requests that are not in the calendar yet' }),
});
export type SessionView = z.output<typeof longRunningSessionSchema>;

export const longRunningSessionListSchema = z.object({ sessions: z.array(longRunningSessionSchema) });

export const sessionIdSchema = z.guid('The ID of a session must be a UUID.').toLowerCase();
