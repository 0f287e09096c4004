import type { NextFunction, Request, Response } from 'express';
import { directoryRoleTemplates } from '../directory/users.ts';
import type { GraphTokenClaims } from '../entra/tokens/verify-graph-token.ts';
import { callerOf } from './authentication.ts';
import { insufficientPrivileges } from './graph-error.ts';

/**
 * Permissions that allow an operation, any of them, as the page of the operation in Microsoft Graph's reference
 * lists them. `administrator`: with a delegated token the signed-in user must be an administrator too, because
 * an app never may do more than the user it acts for.
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

/** This tenant lets only administrators register applications ("Users can register applications" is off). */
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

/** Whether the token carries one of the permissions. */
export function hasPermission(
  caller: GraphTokenClaims,
  { delegated, application = [], administrator }: Permission,
): boolean {
  if (caller.kind === 'app') return application.some((role) => caller.roles.has(role));
  const allowed = delegated.some((scope) => caller.scopes.has(scope));
  return allowed && (!administrator || caller.directoryRoles.has(directoryRoleTemplates.globalAdministrator));
}

/** @throws {GraphError} 403 `Authorization_RequestDenied` when the token does not carry one of the permissions. */
export function checkPermission(caller: GraphTokenClaims, permission: Permission): void {
  if (!hasPermission(caller, permission)) throw insufficientPrivileges();
}

/** Lets a request pass if its token has one of the permissions; otherwise it gets `Authorization_RequestDenied`. */
export const requirePermission =
  (permission: Permission) =>
  <Params>(request: Request<Params>, _response: Response, next: NextFunction): void => {
    checkPermission(callerOf(request), permission);
    next();
  };
