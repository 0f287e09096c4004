import type { Response } from 'express';
import { z } from 'zod';

/** Parses the body of a switch. Sends a 400 response and returns `undefined` if it is invalid. */
export function readSwitch<T>(schema: z.ZodType<T>, body: unknown, response: Response): T | undefined {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  response.status(400).json({ error: 'invalid_request', error_description: z.prettifyError(read.error) });
  return undefined;
}
