import { randomUUID } from 'node:crypto';
import { firstPartyApplications, firstPartyTenantId } from './first-party-applications.ts';
import { readJsonFile, writePrivateJsonFile } from './json-file.ts';
import {
  type Application,
  type DirectoryState,
  directoryStateSchema,
  type PermissionGrant,
  type ServicePrincipal,
} from './schema.ts';
import { type User, users } from './users.ts';

/** The tenant's ID and names. They never change, so that documentation and bookmarks stay valid after a reset. */
export const tenant = {
  id: '5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30',
  displayName: 'Contoso (local tenant)',
  defaultDomain: 'contoso.example',
} as const;

/**
 * The tenant's users (fixed, except for what the switches change), applications, service principals, grants and policies (changed through Microsoft Graph
 * and by consent). Kept in one JSON file.
 */
export interface Directory {
  readonly users: readonly User[];
  readonly state: DirectoryState;
  /** Writes the file. Call it after every change of `state`. */
  save(): void;
  /** Finds a user by sign-in name (user principal name, or the mail address of a guest) or by object ID. */
  findUser(key: string): User | undefined;
  /**
   * Finds an application by its ID, including Microsoft's own (Microsoft Graph, Azure CLI), which are not in `state`.
   */
  findApplication(appId: string): Application | undefined;
  findServicePrincipal(idOrAppId: string): ServicePrincipal | undefined;
  /** Finds a resource by the prefix of a scope: an identifier URI or an application ID. */
  findResource(
    identifier: string,
  ): { application: Application; servicePrincipal: ServicePrincipal | undefined } | undefined;
  /** Returns the scopes that the user, or an administrator for everyone, granted the client for the resource. */
  grantedScopes(client: ServicePrincipal, resource: ServicePrincipal, userId: string): Set<string>;
  /** Adds scopes to a grant, or creates it. Never removes any. */
  grant(grant: Omit<PermissionGrant, 'id' | 'scope'> & { scopes: Iterable<string> }): void;
}

/**
 * Opens the directory.
 *
 * @param file Path of the JSON file, or `null` to keep everything in memory.
 * @param onChange Called after each change.
 * @throws {z.ZodError} if the file has another format.
 */
export function openDirectory(file: string | null, onChange: () => void = () => {}): Directory {
  const state = directoryStateSchema.parse(file === null ? {} : readJsonFile(file));
  const firstParty = firstPartyApplications.map(({ application }) => application);
  const firstPartyPrincipals = firstPartyApplications.map(({ servicePrincipal }) => servicePrincipal);

  const directory: Directory = {
    get users() {
      return users.map((user) => {
        const { accountEnabled = user.accountEnabled } = state.userChanges[user.id] ?? {};
        return accountEnabled === user.accountEnabled ? user : { ...user, accountEnabled };
      });
    },
    state,
    save() {
      if (file !== null) writePrivateJsonFile(file, state);
      onChange();
    },
    findUser(key) {
      const name = key.trim().toLowerCase();
      return directory.users.find(
        ({ id, userPrincipalName, userType, mail }) =>
          id === key ||
          userPrincipalName.toLowerCase() === name ||
          (userType === 'Guest' && mail.toLowerCase() === name),
      );
    },
    findApplication: (appId) =>
      [...state.applications, ...firstParty].find((application) => application.appId === appId),
    findServicePrincipal: (key) =>
      [...state.servicePrincipals, ...firstPartyPrincipals].find(
        ({ id, appId }) => id === key || appId === key,
      ),
    findResource(identifier) {
      const wanted = identifier.replace(/\/+$/, '').toLowerCase();
      const application = [...state.applications, ...firstParty].find(
        ({ appId, identifierUris }) =>
          appId === wanted || identifierUris.some((uri) => uri.replace(/\/+$/, '').toLowerCase() === wanted),
      );
      return (
        application && { application, servicePrincipal: directory.findServicePrincipal(application.appId) }
      );
    },
    grantedScopes: (client, resource, userId) =>
      new Set(
        state.permissionGrants
          .filter(
            (grant) =>
              grant.clientId === client.id &&
              grant.resourceId === resource.id &&
              (grant.consentType === 'AllPrincipals' || grant.principalId === userId),
          )
          .flatMap(({ scope }) => scope.split(' ').filter(Boolean)),
      ),
    grant({ scopes, ...grant }) {
      const existing = state.permissionGrants.find(
        ({ clientId, resourceId, consentType, principalId }) =>
          clientId === grant.clientId &&
          resourceId === grant.resourceId &&
          consentType === grant.consentType &&
          principalId === grant.principalId,
      );
      if (existing) existing.scope = [...new Set([...existing.scope.split(' '), ...scopes])].join(' ');
      else state.permissionGrants.push({ ...grant, id: randomUUID(), scope: [...new Set(scopes)].join(' ') });
      directory.save();
    },
  };
  return directory;
}

export { firstPartyTenantId };
