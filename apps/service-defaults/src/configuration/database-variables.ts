import { z } from 'zod';

/** A PostgreSQL server, or a directory for PGlite in this process; null keeps everything in memory. */
export type DatabaseLocation = { url: string } | { directory: string | null };

/** Variables of a service that has a database. */
export const databaseVariables = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres URL' })
    .optional()
    .meta({
      description:
        'PostgreSQL server and database. Several instances may share it. Tables are created at startup. Without it, PostgreSQL runs inside the process (PGlite).',
      example: 'postgres://user:password@localhost:5432/leave',
    }),
  DATA_DIRECTORY: z.string().default('.data').meta({
    description:
      'Where PGlite stores its files, if `DATABASE_URL` is not set. For development: one instance on one machine, and a power failure may lose the last requests.',
  }),
};

/** Maps the parsed {@link databaseVariables} to the location of the database. */
export const databaseLocationOf = ({
  DATABASE_URL: url,
  DATA_DIRECTORY: directory,
}: z.output<z.ZodObject<typeof databaseVariables>>): DatabaseLocation =>
  url === undefined ? { directory } : { url };
