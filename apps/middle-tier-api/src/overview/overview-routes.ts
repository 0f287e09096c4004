import {
  type AccessTokenGuard,
  accessTokenOf,
  defineProblems,
  Problem,
  problems,
  route,
} from '@obo/service-defaults';
import { Router } from 'express';
import { z } from 'zod';
import { type Graph, profileSchema } from '../graph/profile.ts';
import { type LeaveApi, leaveSchema } from '../leave/leave.ts';
import { usualRetryAfter } from '../on-behalf-of/dependency-problems.ts';
import { type SettledSection, sectionSchema, settleSection } from './section.ts';

export const overviewSchema = z.object({
  profile: sectionSchema(profileSchema),
  leave: sectionSchema(leaveSchema),
});

export const overviewProblems = defineProblems({
  dependencies_unavailable: [502, 'None of the services behind this API could be used'],
});

/**
 * `GET /api/overview`: what Microsoft Graph and the downstream API know of the signed-in person, in one answer. The
 * two legs run side by side, and in each the call starts as soon as its own token is there.
 */
export function createOverviewRoutes(guard: AccessTokenGuard, graph: Graph, leaveApi: LeaveApi): Router {
  const router = Router();
  route(router, '/api/overview', {
    get: [
      guard.requireScope('access_as_user'),
      async (_request, response) => {
        const token = accessTokenOf(response);
        const [profile, leave] = await Promise.all([
          settleSection(graph.readProfile(token)),
          settleSection(leaveApi.readLeave(token)),
        ]);
        refuseIfNothingIsWhole({ profile, leave });
        response.json({ profile: profile.section, leave: leave.section });
      },
    ],
  });
  return router;
}

/** With no section whole, the answer is what the person can do about it, or else that nothing works. */
function refuseIfNothingIsWhole(overview: Record<string, SettledSection<unknown>>): void {
  const sections = Object.values(overview);
  if (sections.some(({ section }) => section.state === 'ok')) return;
  const actionable = sections.find(({ section }) => section.state === 'action_required')?.problem;
  const signInAgain = sections.find(({ problem }) => problem?.code === problems.invalid_token.code)?.problem;
  throw (
    signInAgain ??
    actionable ??
    new Problem(overviewProblems.dependencies_unavailable, {
      detail: 'Try again later. causes lists the code of each section, sections tells more.',
      extensions: {
        causes: sections.map(({ problem }) => problem?.code),
        sections: Object.fromEntries(Object.entries(overview).map(([name, { section }]) => [name, section])),
      },
      headers: { 'Retry-After': String(soonest(sections)) },
    })
  );
}

/** Seconds after which trying again may give one section at least. */
const soonest = (sections: readonly SettledSection<unknown>[]): number =>
  Math.min(...sections.map(({ problem }) => Number(problem?.headers['Retry-After'] ?? usualRetryAfter)));
