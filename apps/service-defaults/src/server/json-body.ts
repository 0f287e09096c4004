import express, { type Request, type RequestHandler } from 'express';
import type { z } from 'zod';
import { Problem, problems } from '../problems/problem.ts';

/** JSON is UTF-8 (RFC 8259, section 8.1); the parser alone accepts any `utf-` name. */
const contentType = /^application\/json *(; *charset *= *"?utf-8"? *)?$/i;

const parse = express.json({ limit: '100kb', strict: true, inflate: false });

/** Reads a JSON body of at most 100 kB. Goes behind authentication. */
export const jsonBody: RequestHandler = (request, response, next) => {
  if (!contentType.test(request.get('content-type') ?? '')) {
    throw new Problem(problems.unsupported_media_type, {
      detail: 'Send JSON in UTF-8, with Content-Type: application/json.',
    });
  }
  parse(request, response, next);
};

/**
 * Parses the request's body; drops members that the schema does not name.
 *
 * @throws {Problem} `invalid_body` (400) whose `errors` name each invalid member, and never its value.
 */
export function parseBody<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(request.body);
  if (result.success) return result.data;
  throw new Problem(problems.invalid_body, {
    detail: 'Correct the members listed in errors and send the request again.',
    extensions: {
      errors: result.error.issues.map(({ path, message }) => ({ member: path.join('.'), message })),
    },
  });
}

/**
 * Parses a parameter of the path, the query or a header.
 *
 * @throws {Problem} `invalid_parameter` (400) with the message of the schema, and never with the value.
 */
export function parseParameter<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Problem(problems.invalid_parameter, {
    detail: result.error.issues.map(({ message }) => message).join(' '),
  });
}
