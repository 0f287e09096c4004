import { defineProblems } from '@obo/service-defaults/problems';

export const databaseProblems = defineProblems({
  database_unavailable: [503, 'The database does not answer'],
});

/** The database did not finish in time. It may still do so. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

const sqlState = /^[0-9A-Z]{5}$/;
const systemError = /^E(?!RR_)[A-Z_]+$/;

/** SQLSTATE classes that mean a mistake of ours: data exception, constraint violation, syntax or access rule. */
const ourMistakes = new Set(['22', '23', '42']);
/** SQLSTATE classes that mean a wrong DATABASE_URL: invalid authorization, invalid catalog name. */
const refusals = new Set(['28', '3D']);

/**
 * Whether an error means that the database cannot do its work now, so that trying again later may help: it is down,
 * unreachable, overloaded, stopping, too slow, or gave up on a lock.
 *
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DeadlinePassed) return true;
  const code = codeOf(error);
  if (code === undefined) return error.constructor === Error; // what drivers throw for a lost or silent connection
  if (sqlState.test(code)) return !ourMistakes.has(code.slice(0, 2));
  return systemError.test(code);
}

/** The SQLSTATE with which the server refuses the user or the database that DATABASE_URL names, if it does. */
export function refusalOf(error: unknown): string | undefined {
  const code = error instanceof Error ? codeOf(error) : undefined;
  return code !== undefined && sqlState.test(code) && refusals.has(code.slice(0, 2)) ? code : undefined;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
