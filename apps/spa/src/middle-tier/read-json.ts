import type { z } from '../configuration/zod.ts';
import { unexpectedAnswer } from './problem.ts';

/**
 * The body of a successful answer, as the schema describes it.
 *
 * @throws {ApiProblem} `unexpected_answer` if it is something else.
 */
export async function readJson<Schema extends z.ZodMiniType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw unexpectedAnswer(response, result.error);
}
