import { z } from 'zod';
import type { Chain } from './chain.ts';

const eventsSchema = z.object({
  value: z.array(
    z.object({
      subject: z.string(),
      start: z.object({ dateTime: z.string() }),
      end: z.object({ dateTime: z.string() }),
      isAllDay: z.boolean(),
      showAs: z.string(),
      bodyPreview: z.string(),
    }),
  ),
});

/** Lists the events in a user's calendar, as Graph tells. */
export async function eventsOf(
  chain: Chain,
  userPrincipalName: string,
): Promise<z.output<typeof eventsSchema>['value']> {
  const scopes = ['https://graph.microsoft.com/Calendars.Read'];
  const response = await fetch(`${chain.tenant.graphBaseUrl}/me/events`, {
    headers: { Authorization: `Bearer ${await chain.accessTokenOf(userPrincipalName, { scopes })}` },
  });
  if (response.status !== 200) throw new Error(`GET /me/events: ${response.status} ${await response.text()}`);
  return eventsSchema.parse(await response.json()).value;
}
