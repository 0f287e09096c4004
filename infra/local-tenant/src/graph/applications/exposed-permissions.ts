import { isDeepStrictEqual } from 'node:util';
import type { Application } from '../../directory/schema.ts';
import { badRequest, GraphError, invalidValue } from '../graph-error.ts';

interface ExposedPermission {
  id: string;
  value: string | null;
  isEnabled: boolean;
}

/**
 * Checks the scopes and app roles that the application exposes.
 *
 * @throws {GraphError} 400 if IDs or values repeat, if an enabled one changes or disappears (it must be disabled
 *   first, in a separate request), or if a preauthorized application gets an unknown scope.
 */
export function checkExposedPermissions(after: Application, before: Application | null): void {
  const scopes = after.api.oauth2PermissionScopes;
  if (repeats(scopes.map(({ id }) => id)) || repeats(after.appRoles.map(({ id }) => id))) {
    throw badRequest('Request contains a property with duplicate values.');
  }
  if (
    repeats(scopes.map(({ value }) => value)) ||
    repeats(after.appRoles.flatMap(({ value }) => value ?? []))
  ) {
    throw badRequest('Request contains a property with duplicate values.');
  }
  if (before) {
    checkDisabledFirst(before.api.oauth2PermissionScopes, scopes);
    checkDisabledFirst(before.appRoles, after.appRoles);
  }
  const known = new Set(scopes.map(({ id }) => id));
  const granted = after.api.preAuthorizedApplications.flatMap(
    ({ delegatedPermissionIds }) => delegatedPermissionIds,
  );
  if (granted.some((id) => !known.has(id))) throw invalidValue('preAuthorizedApplications', 'Application');
}

function checkDisabledFirst(before: readonly ExposedPermission[], after: readonly ExposedPermission[]): void {
  for (const old of before) {
    if (!old.isEnabled) continue;
    const now = after.find(({ id }) => id === old.id);
    if (now && isDeepStrictEqual({ ...now, isEnabled: true }, old)) continue;
    throw new GraphError(
      400,
      'CannotDeleteOrUpdateEnabledEntitlement',
      'Permission (scope or role) cannot be deleted or updated unless disabled first.',
    );
  }
}

const repeats = (values: readonly string[]) => new Set(values).size !== values.length;
