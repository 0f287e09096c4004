import { z } from 'zod';
import { type AppDescription, type DescriptionParameters, describeApps } from './description.ts';
import { type Change, findOwnApplication } from './register-apps.ts';
import { ownTag } from './settings/desired-settings.ts';
import { findServicePrincipal } from './tenant/applications.ts';
import type { GraphClient } from './tenant/graph-client.ts';

const deletedSchema = z.object({
  id: z.string(),
  appId: z.guid(),
  uniqueName: z.string().nullable().default(null),
  tags: z.array(z.string()).default([]),
});
const grantSchema = z.object({ id: z.string() });

/** So that the optional apps are described too: an earlier run may have registered them. */
const anyMcpUrl = 'http://localhost/mcp';

/** An object to be removed from the directory. */
export interface Removal {
  change: Change;
  path: string;
  /** It exists only once the object before it was removed. */
  appears: boolean;
}

/**
 * Lists what removing would remove, in order: consents, service principals, applications, and deleted items, which the
 * directory would otherwise keep for 30 days, together with their names.
 *
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 * @throws {ForeignAppError} when another program created an app with one of the names.
 */
export async function planRemoval(graph: GraphClient, options: DescriptionParameters): Promise<Removal[]> {
  // Clients first, so that no consent refers to an app that no longer exists.
  const apps = describeApps({
    ...options,
    mcpUrl: anyMcpUrl,
    mobileRedirectUris: ['msauth.any://auth'],
  }).toReversed();
  const removals: Removal[] = [];
  const plan = (app: string, property: string, what: string, path: string, appears = false) =>
    removals.push({ change: { app, property, from: what, to: null }, path, appears });

  const names = new Map<string, string>();
  for (const app of apps) {
    const { uniqueName } = app;
    const existing = await findOwnApplication(graph, app);
    if (existing === null) continue;
    names.set(existing.appId, uniqueName);
    const principal = await findServicePrincipal(graph, existing.appId);
    if (principal !== null) {
      const grants = await graph.list(`/oauth2PermissionGrants?$filter=clientId eq '${principal}'`);
      for (const { id } of z.array(grantSchema).parse(grants))
        plan(uniqueName, 'consent', id, `/oauth2PermissionGrants/${id}`);
      plan(uniqueName, 'service principal', principal, `/servicePrincipals/${principal}`);
    }
    plan(uniqueName, 'application', existing.appId, `/applications/${existing.id}`);
    if (principal !== null)
      plan(uniqueName, 'deleted service principal', principal, `/directory/deletedItems/${principal}`, true);
    plan(uniqueName, 'deleted application', existing.appId, `/directory/deletedItems/${existing.id}`, true);
  }
  const deleted = await findDeleted(graph, apps);
  for (const { appId, uniqueName } of deleted) names.set(appId, uniqueName);
  // Before their deleted applications, which identify them.
  for (const { id, appId } of names.size === 0 ? [] : await listDeleted(graph, 'servicePrincipal')) {
    const name = names.get(appId);
    if (name !== undefined) plan(name, 'deleted service principal', id, `/directory/deletedItems/${id}`);
  }
  for (const { id, appId, uniqueName } of deleted)
    plan(uniqueName, 'deleted application', appId, `/directory/deletedItems/${id}`);
  return removals;
}

/**
 * Removes a registration completely. After an interruption, the next run continues.
 *
 * Source: Microsoft Graph v1.0, "Delete application", "Delete servicePrincipal", "Permanently delete an item".
 *
 * @param removals From {@link planRemoval}: only what the user was shown is removed.
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 */
export async function removeApps(graph: GraphClient, removals: readonly Removal[]): Promise<void> {
  for (const { path, appears } of removals) await graph.delete(path, { awaits: appears });
}

/** Finds our applications among the deleted items. */
async function findDeleted(graph: GraphClient, apps: readonly AppDescription[]) {
  const applications = await listDeleted(graph, 'application');
  return applications.flatMap(({ id, appId, uniqueName, tags }) => {
    const isOwn = tags.includes(ownTag) && apps.some((app) => app.uniqueName === uniqueName);
    return isOwn && uniqueName !== null ? [{ id, appId, uniqueName }] : [];
  });
}

const listDeleted = async (graph: GraphClient, kind: 'application' | 'servicePrincipal') =>
  z.array(deletedSchema).parse(await graph.list(`/directory/deletedItems/microsoft.graph.${kind}`));
