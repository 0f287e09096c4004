import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Router } from 'express';
import { findProblem, problemType } from '../problems/problem.ts';
import { route } from './route.ts';

/** The error pages of the docs. Only a checkout of the repository has them. */
const docs = resolve(import.meta.dirname, '../../../../docs/reference/errors');

/**
 * Creates `GET /problems/<code>`, to which the `type` of every problem refers: the page of the docs as plain text, or the
 * status and the title where there are no docs.
 */
export function createProblemPages(): Router {
  const router = Router();
  route(router, problemType(':code'), {
    get: async (request, response, next) => {
      const definition = findProblem(String(request.params.code));
      // A service may have pages about the problems of another one.
      if (!definition) return next('route');
      const { code, status, title } = definition;
      const page = await readFile(resolve(docs, `${code}.md`), 'utf8').catch(
        () => `# ${code}\n\n${status}: ${title}.\n`,
      );
      response.type('text/plain').send(page);
    },
  });
  return router;
}
