import { z } from '../configuration/zod.ts';
import type { OverviewRequest } from '../overview/overview-request.ts';
import { readFromTab, sessionKey } from '../sign-in/tab-storage.ts';

const text = z.nullable(z.string());
const number = z.nullable(z.number());

const schema = z.object({
  finishedAt: z.number(),
  correlationId: text,
  spans: z.array(
    z.object({
      name: z.string(),
      duration: number,
      start: number,
      source: text,
      failure: text,
      audience: text,
      scope: text,
      age: number,
      renewal: text,
    }),
  ),
  failure: text,
  sections: z.nullable(z.object({ profile: text, leave: text })),
});

/** Returns the first request of the user's session that read all sections; `null` if there is none yet. */
export function readFirstRequest(homeAccountId: string): OverviewRequest | null {
  try {
    return schema.parse(JSON.parse(readFromTab(sessionKey(homeAccountId)) ?? ''));
  } catch {
    return null;
  }
}
