import { type AccessToken, type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import { route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import { type Profile, profileSchema } from '../graph/profile.ts';
import { type Leave, leaveSchema } from '../leave/leave.ts';
import { bodyOf, isFinal, logUnavailable, type ReadSection, readSection, sectionSchema } from './section.ts';

export const overviewSchema = z.object({
  profile: sectionSchema(profileSchema),
  leave: sectionSchema(leaveSchema),
});

export const overviewProblems = defineProblems({
  dependencies_unavailable: [502, 'None of the services behind this API could be used'],
});

/** Reads the data of a section on behalf of a user. */
type Source<Data> = (token: AccessToken) => Promise<Data>;

/** The sections, and where the data of each comes from. */
export type OverviewSources = {
  profile: Source<Profile>;
  leave: Source<Leave>;
};

/**
 * Creates `GET /api/overview`: the signed-in user's data from all services behind this API in one response. The sections
 * are read in parallel, and each call starts as soon as its own token has arrived.
 */
export function createOverviewRoutes(guard: AccessTokenGuard, sources: OverviewSources): Router {
  const router = Router();
  route(router, '/api/overview', {
    get: [
      guard.requireScope('access_as_user'),
      async (_request, response) => {
        const token = accessTokenOf(response);
        const sections = await Promise.all(
          Object.entries(sources).map(([name, read]) => readSection(name, read(token))),
        );
        const isEmpty = !sections.some(({ section }) => section.state === 'ok');
        const problem = isEmpty ? noSectionProblem(sections) : undefined;
        // The error handler logs the problem of the whole response.
        logUnavailable(sections.filter((section) => section.problem?.code !== problem?.code));
        if (problem) throw problem;
        response.json(bodyOf(sections));
      },
    ],
  });
  return router;
}

/** Seconds after which to try again, if no section says when. */
const defaultRetryAfter = 5;

/** Chooses the problem for an overview without data: an actionable one, a final one, otherwise that nothing works. */
function noSectionProblem(sections: readonly ReadSection[]): Problem {
  const failures = sections.flatMap(({ problem }) => problem ?? []);
  const signInAgain = failures.find(({ code }) => code === problems.invalid_token.code);
  const action = signInAgain ?? sections.find(({ section }) => section.state === 'action_required')?.problem;
  const telling = action ?? (failures.every(isFinal) ? failures[0] : undefined);
  if (telling) return telling;
  const retryAfter = failures.map(({ headers }) => Number(headers['Retry-After'] ?? defaultRetryAfter));
  return new Problem(overviewProblems.dependencies_unavailable, {
    detail: 'Try again later. causes lists the code of each section, sections has the details.',
    extensions: { causes: failures.map(({ code }) => code), sections: bodyOf(sections) },
    headers: { 'Retry-After': String(Math.min(...retryAfter)) },
  });
}
