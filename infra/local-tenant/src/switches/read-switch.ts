import type { Response } from 'express';
import { z } from 'zod';

/** The body, if it is what the switch takes. Otherwise the answer has been given. */
export function readSwitch<T>(schema: z.ZodType<T>, body: unknown, response: Response): T | undefined {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  response.status(400).json({ error: 'invalid_request', error_description: z.prettifyError(read.error) });
  return undefined;
}
