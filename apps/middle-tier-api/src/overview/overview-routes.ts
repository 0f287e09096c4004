import { type AccessToken, type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { usualRetryAfter } from '@obo/on-behalf-of';
import { defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import { route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import { profileSchema } from '../graph/profile.ts';
import { leaveSchema } from '../leave/leave.ts';
import { type SettledSection, sectionSchema, settleSection } from './section.ts';

/** What each section holds. */
const sectionData = {
  profile: profileSchema,
  leave: leaveSchema,
};
type SectionData = typeof sectionData;

export const overviewSchema = z.object(
  Object.fromEntries(Object.entries(sectionData).map(([name, data]) => [name, sectionSchema(data)])),
);

export const overviewProblems = defineProblems({
  dependencies_unavailable: [502, 'None of the services behind this API could be used'],
});

/** Where each section comes from. */
export type OverviewSources = {
  [Name in keyof SectionData]: (token: AccessToken) => Promise<z.output<SectionData[Name]>>;
};

/**
 * `GET /api/overview`: what the services behind this API know of the signed-in person, in one answer. The legs run side
 * by side, and in each the call starts as soon as its own token is there.
 */
export function createOverviewRoutes(guard: AccessTokenGuard, sources: OverviewSources): Router {
  const router = Router();
  route(router, '/api/overview', {
    get: [
      guard.requireScope('access_as_user'),
      async (_request, response) => {
        const token = accessTokenOf(response);
        const settled = await Promise.all(
          Object.entries(sources).map(
            async ([name, read]) => [name, await settleSection<unknown>(read(token))] as const,
          ),
        );
        refuseIfNothingIsWhole(settled);
        response.json(sectionsOf(settled));
      },
    ],
  });
  return router;
}

type Settled = readonly (readonly [name: string, SettledSection<unknown>])[];

const sectionsOf = (settled: Settled) =>
  Object.fromEntries(settled.map(([name, { section }]) => [name, section]));

/** With no section whole, the answer is what the person can do about it, or else that nothing works. */
function refuseIfNothingIsWhole(settled: Settled): void {
  const sections = settled.map(([, section]) => section);
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
        sections: sectionsOf(settled),
      },
      headers: { 'Retry-After': String(soonest(sections)) },
    })
  );
}

/** Seconds after which trying again may give one section at least. */
const soonest = (sections: readonly SettledSection<unknown>[]): number =>
  Math.min(...sections.map(({ problem }) => Number(problem?.headers['Retry-After'] ?? usualRetryAfter)));
