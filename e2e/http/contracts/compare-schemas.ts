import { z } from 'zod';

/** The part of JSON Schema that our contracts use. */
const schemaSchema = z.object({
  $ref: z.string().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
});

/** A schema, and the named schemas that it refers to. */
export interface Contract {
  schema: unknown;
  schemas: Readonly<Record<string, unknown>>;
}

/** One of the forms that a value can have. */
interface Form {
  type: string | undefined;
  values: readonly unknown[] | undefined;
  format: string | undefined;
  properties: Readonly<Record<string, unknown>>;
  required: readonly string[];
  items: unknown;
}

/**
 * Lists where a value that the writer may send is rejected by the reader. Patterns and limits are not compared. A pure
 * function.
 *
 * @returns one line for each mismatch, which starts with the path of the member.
 */
export function mismatchesOf(writer: Contract, reader: Contract, path = ''): string[] {
  const accepted = formsOf(reader);
  return formsOf(writer).flatMap((form) => {
    const attempts = accepted.map((other) => mismatchesOfForms(form, writer, other, reader, path));
    return attempts.sort((one, other) => one.length - other.length)[0] ?? [`${path}: nothing is accepted`];
  });
}

function mismatchesOfForms(
  written: Form,
  writer: Contract,
  read: Form,
  reader: Contract,
  path: string,
): string[] {
  if (read.type === undefined) return [];
  if (written.type !== read.type && !(written.type === 'integer' && read.type === 'number')) {
    return [`${path}: ${written.type} is sent, ${read.type} is accepted`];
  }
  if (read.format !== undefined && written.format !== read.format) {
    return [`${path}: ${written.format ?? 'any text'} is sent, ${read.format} is accepted`];
  }
  if (read.values && !written.values?.every((value) => read.values?.includes(value))) {
    return [`${path}: ${written.values ?? 'any value'} is sent, ${read.values} is accepted`];
  }
  if (read.type === 'array') {
    return mismatchesOf({ ...writer, schema: written.items }, { ...reader, schema: read.items }, `${path}[]`);
  }
  const missing = read.required.filter((name) => !written.required.includes(name));
  const members = Object.keys(read.properties).filter((name) => name in written.properties);
  return [
    ...missing.map((name) => `${path}.${name}: is not always sent`),
    ...members.flatMap((name) =>
      mismatchesOf(
        { ...writer, schema: written.properties[name] },
        { ...reader, schema: read.properties[name] },
        `${path}.${name}`,
      ),
    ),
  ];
}

function formsOf({ schema, schemas }: Contract): Form[] {
  const parsed = schemaSchema.parse(schema);
  const { $ref, anyOf, oneOf, type, properties = {}, required = [], items, format } = parsed;
  if ($ref !== undefined) return formsOf({ schema: schemas[$ref.split('/').at(-1) ?? ''], schemas });
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return alternatives.flatMap((alternative) => formsOf({ schema: alternative, schemas }));
  const values = 'const' in parsed ? [parsed.const] : parsed.enum;
  return [type].flat().map((each) => ({ type: each, values, format, properties, required, items }));
}
