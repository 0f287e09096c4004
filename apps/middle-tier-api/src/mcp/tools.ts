import { randomUUID } from 'node:crypto';
import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import type { AccessToken } from '@obo/access-token';
import { z } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import type { ReadPeople } from '../graph/people.ts';
import { type GraphClient, profileSchema } from '../graph/profile.ts';
import {
  type DownstreamClient,
  idempotencyKeySchema,
  leaveBalanceSchema,
  leaveRequestIdSchema,
  leaveRequestSchema,
  leaveSchema,
  newDecisionSchema,
  newLeaveRequestSchema,
} from '../leave/leave.ts';
import { addApprover } from '../leave/leave-routes.ts';
import { decidedLeaveRequestSchema, pagePositionSchema, readTeam, teamSchema } from '../team/team-routes.ts';

/** What the tools do their work with: the same as the routes below `/api`. */
export interface ToolSources {
  graph: GraphClient;
  downstream: DownstreamClient;
  readPeople: ReadPeople;
  calendar: Calendar;
}

const overviewSchema = z.object({
  profile: profileSchema.omit({ photo: true }).nullable(),
  leave: leaveSchema.nullable(),
  problems: z.array(z.string()).meta({ description: 'Why the profile or the leave is missing' }),
});

const idempotencyKey = idempotencyKeySchema.optional().meta({
  description: 'A new UUID. Repeat it if you repeat a call whose result you did not get.',
});
const id = leaveRequestIdSchema.meta({ description: 'The ID of the leave request' });

const reads = { readOnlyHint: true, openWorldHint: false };
const changes = { readOnlyHint: false, idempotentHint: true, openWorldHint: false };

/**
 * Creates an MCP server with the tools of one caller.
 *
 * @param explain Puts a failure into words for the agent and its user.
 */
export function createTools(
  { graph, downstream, readPeople, calendar }: ToolSources,
  token: AccessToken,
  explain: (error: unknown) => string,
): McpServer {
  const server = new McpServer({ name: 'leave', version: '1.0.0' });

  async function answer(work: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
    try {
      const result = await work();
      return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
    } catch (error) {
      return { content: [{ type: 'text', text: explain(error) }], isError: true };
    }
  }

  server.registerTool(
    'get_overview',
    {
      title: 'Overview',
      description: "Reads the user's profile, manager, leave balance and leave requests.",
      outputSchema: overviewSchema,
      annotations: reads,
    },
    () =>
      answer(async () => {
        const [profile, leave] = await Promise.allSettled([
          graph.readProfile(token),
          downstream.readLeave(token),
        ]);
        const problems = [profile, leave].flatMap((read) =>
          read.status === 'rejected' ? explain(read.reason) : [],
        );
        return {
          profile: profile.status === 'fulfilled' ? { ...profile.value, photo: undefined } : null,
          leave: leave.status === 'fulfilled' ? leave.value : null,
          problems,
        };
      }),
  );

  server.registerTool(
    'get_leave_balance',
    {
      title: 'Leave balance',
      description: 'Reads how many days of leave the user has left this year.',
      outputSchema: leaveBalanceSchema,
      annotations: reads,
    },
    () => answer(async () => (await downstream.readLeave(token)).balance),
  );

  server.registerTool(
    'request_leave',
    {
      title: 'Request leave',
      description: "Requests leave for the user. The user's manager decides on it.",
      inputSchema: newLeaveRequestSchema.extend({ idempotencyKey }),
      outputSchema: leaveRequestSchema,
      annotations: { ...changes, destructiveHint: false },
    },
    ({ idempotencyKey: key = randomUUID(), ...leave }) =>
      answer(async () => downstream.requestLeave(token, await addApprover(graph, token, leave), key)),
  );

  server.registerTool(
    'cancel_leave',
    {
      title: 'Cancel leave',
      description: 'Cancels a leave request of the user.',
      inputSchema: z.object({ id }),
      outputSchema: z.object({ canceled: z.literal(true) }),
      annotations: { ...changes, destructiveHint: true },
    },
    ({ id: leaveRequestId }) =>
      answer(async () => {
        const cancel = () => downstream.cancelLeave(token, leaveRequestId);
        await calendar.follow(token.claims.tid, leaveRequestId, cancel);
        return { canceled: true };
      }),
  );

  server.registerTool(
    'list_team_requests',
    {
      title: "Team's leave requests",
      description: "Lists leave requests that wait for the user's decision.",
      inputSchema: z.object({ after: pagePositionSchema.optional() }),
      outputSchema: teamSchema,
      annotations: reads,
    },
    ({ after }) => answer(() => readTeam(downstream, readPeople, token, after)),
  );

  server.registerTool(
    'decide_leave',
    {
      title: 'Decide on leave',
      description: 'Approves or rejects a leave request that waits for the user. This is final.',
      inputSchema: newDecisionSchema.extend({
        id,
        decision: z.enum(['approval', 'rejection']),
        idempotencyKey,
      }),
      outputSchema: decidedLeaveRequestSchema,
      annotations: { ...changes, destructiveHint: true },
    },
    ({ id: leaveRequestId, decision, note, idempotencyKey: key = randomUUID() }) =>
      answer(async () => {
        const decide = () => downstream.decideLeave(token, leaveRequestId, decision, note ?? null, key);
        return decidedLeaveRequestSchema.parse(
          await calendar.follow(token.claims.tid, leaveRequestId, decide),
        );
      }),
  );

  return server;
}
