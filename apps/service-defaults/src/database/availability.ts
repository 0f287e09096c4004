/** The database did not finish in time. Its work may still take effect. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

const sqlState = /^[0-9A-Z]{5}$/;
const systemError = /^E(?!RR_)[A-Z_]+$/;

/** SQLSTATE classes of bugs in this API: data exception, constraint violation, syntax error or access rule violation. */
const bugs = new Set(['22', '23', '42']);
/** SQLSTATE classes of a bad DATABASE_URL: invalid authorization, invalid catalog name. */
const rejections = new Set(['28', '3D']);

/**
 * Checks whether trying again later may help: the database is down, unreachable, overloaded, stopping, too slow, or
 * waited too long for a lock.
 *
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DeadlinePassed) return true;
  const code = codeOf(error);
  if (code === undefined) return error.constructor === Error; // thrown by pg for a lost or silent connection
  if (sqlState.test(code)) return !bugs.has(code.slice(0, 2));
  return systemError.test(code);
}

/** Returns the SQLSTATE if the server rejects the user, password or database in DATABASE_URL. */
export function rejectionOf(error: unknown): string | undefined {
  const code = error instanceof Error ? codeOf(error) : undefined;
  return code !== undefined && sqlState.test(code) && rejections.has(code.slice(0, 2)) ? code : undefined;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
