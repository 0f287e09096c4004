import { z } from 'zod';

/** An environment variable, as its schema describes it. */
export interface Variable {
  name: string;
  /** Plain text, with code in backticks. */
  description: string;
  required: boolean;
  default: string | undefined;
  example: string | undefined;
}

const propertySchema = z.object({
  description: z.string().min(1),
  default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
  example: z.string().optional(),
});

/**
 * Lists the environment variables of a schema, in its order. A pure function.
 *
 * @throws {Error} if a variable has no description, or is required and has no example.
 */
export function variablesOf(schema: z.ZodObject): Variable[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const parsed = propertySchema.safeParse(property);
    if (!parsed.success) throw new Error(`${name} lacks a description.`, { cause: parsed.error });
    const { description, default: preset, example } = parsed.data;
    if (required.includes(name) && example === undefined) throw new Error(`${name} lacks an example.`);
    return { name, description, required: required.includes(name), default: preset, example };
  });
}
