import type { ErrorRequestHandler, RequestHandler } from 'express';
import { z } from 'zod';
import { describeError } from '../observability/describe-error.ts';
import { requestContext } from '../observability/request-context.ts';
import { Problem, problemBody, problems } from '../problems/problem.ts';

/** The errors of body-parser and the router (the `http-errors` package). */
const httpErrorSchema = z.object({ status: z.number().int(), type: z.string().optional() });

/**
 * Translates every error into a problem, in this one place. The response contains no text of a library. If the caller has
 * gone away, nothing is sent.
 */
export const errorHandler: ErrorRequestHandler = (error, _request, response, next) => {
  const { logger, correlationId, signal, observed } = requestContext();
  if (signal.aborted) return;
  if (response.headersSent) {
    next(error);
    return;
  }
  const problem = error instanceof Problem ? error : toProblem(error);
  observed.problem = problem.code;
  if (problem.status >= 500) logger.error({ error: describeError(error), code: problem.code }, problem.title);
  else logger.info({ error: describeError(error), code: problem.code }, problem.title);
  response
    .status(problem.status)
    .set(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, correlationId)));
};

/** Answers requests without a route. */
export const notFound: RequestHandler = () => {
  throw new Problem(problems.not_found);
};

function toProblem(error: unknown): Problem {
  const httpError = httpErrorSchema.safeParse(error);
  if (!httpError.success) return new Problem(problems.internal_error, { cause: error });
  switch (httpError.data.type) {
    case 'entity.too.large':
      return new Problem(problems.body_too_large, { detail: 'Send at most 100 kB.', cause: error });
    case 'entity.parse.failed':
      return new Problem(problems.malformed_json, { cause: error });
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem(problems.unsupported_media_type, {
        detail: 'Send JSON in UTF-8, with Content-Type: application/json.',
        cause: error,
      });
    default:
      return httpError.data.status < 500
        ? new Problem(problems.invalid_request, { cause: error })
        : new Problem(problems.internal_error, { cause: error });
  }
}
