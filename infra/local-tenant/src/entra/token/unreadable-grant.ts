import { type EntraError, entraError } from '../errors/entra-error.ts';

/** The rejection of a code or refresh token that was never issued: 70000 if it looks like one, 9002313 if not even that. */
export const unreadableGrant = (grant: string): EntraError =>
  /^1\.[A-Za-z0-9_-]+$/.test(grant)
    ? entraError(70000, [])
    : entraError(9002313, [], { error: 'invalid_grant' });
