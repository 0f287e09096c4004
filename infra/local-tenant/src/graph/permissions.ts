import type { NextFunction, Request, Response } from 'express';
import { directoryRoleTemplates } from '../directory/users.ts';
import type { GraphTokenClaims } from '../entra/tokens/verify-graph-token.ts';
import { callerOf } from './authentication.ts';
import { insufficientPrivileges } from './graph-error.ts';

/**
 * Permissions that allow an operation, any one of them, as in its page of the Microsoft Graph reference.
 * `administrator`: for a delegated token, the signed-in user must be an administrator too, because an app cannot do
 * more than its user.
 */
export interface Permission {
  delegated: readonly string[];
  application?: readonly string[];
  administrator?: boolean;
}

export const readApplications: Permission = {
  delegated: [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  application: [
    'Application.Read.All',
    'Application.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
};

/** Only administrators can register applications in this tenant ("Users can register applications" is off). */
export const writeApplications: Permission = {
  delegated: ['Application.ReadWrite.All'],
  application: ['Application.ReadWrite.All'],
  administrator: true,
};

export const readGrants: Permission = {
  delegated: ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  application: ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};

export const writeGrants: Permission = {
  delegated: ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'],
  application: ['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'],
  administrator: true,
};

export const readPolicies: Permission = {
  delegated: ['Policy.Read.All'],
  application: ['Policy.Read.All'],
  administrator: true,
};

export const writePolicies: Permission = {
  delegated: ['Policy.ReadWrite.ConditionalAccess'],
  application: ['Policy.ReadWrite.ConditionalAccess'],
  administrator: true,
};

/** Tells whether the token has one of the permissions. */
export function hasPermission(
  caller: GraphTokenClaims,
  { delegated, application = [], administrator }: Permission,
): boolean {
  if (caller.kind === 'app') return application.some((role) => caller.roles.has(role));
  const allowed = delegated.some((scope) => caller.scopes.has(scope));
  return allowed && (!administrator || caller.directoryRoles.has(directoryRoleTemplates.globalAdministrator));
}

/**
 * Requires one of the permissions.
 *
 * @throws {GraphError} 403 `Authorization_RequestDenied` if the token has none of them.
 */
export function checkPermission(caller: GraphTokenClaims, permission: Permission): void {
  if (!hasPermission(caller, permission)) throw insufficientPrivileges();
}

/** Creates middleware that requires one of the permissions; see `checkPermission`. */
export const requirePermission =
  (permission: Permission) =>
  <Params>(request: Request<Params>, _response: Response, next: NextFunction): void => {
    checkPermission(callerOf(request), permission);
    next();
  };
