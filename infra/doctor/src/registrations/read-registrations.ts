import { type AppDescription, appKeys } from '@obo/app-registration';
import {
  desiredSettings,
  findApplication,
  findApps,
  type GraphClient,
  named,
  type RegisteredApp,
  type Settings,
} from '@obo/app-registration/tenant';
import { z } from 'zod';

const servicePrincipalSchema = z.object({
  id: z.string(),
  accountEnabled: z.boolean(),
  appRoleAssignmentRequired: z.boolean(),
});
export type ServicePrincipal = z.infer<typeof servicePrincipalSchema>;

/** An app as it is described, and as the tenant has it. */
export interface Registration {
  app: AppDescription;
  /** `null` when the tenant has none. */
  application: RegisteredApp | null;
  servicePrincipal: ServicePrincipal | null;
  desired: Settings;
}

export interface Registrations {
  apps: readonly Registration[];
  names: Names;
}

export interface Names {
  /** Unique names by application (client) ID, and scopes by the IDs that they have in the tenant. */
  byId: ReadonlyMap<string, string>;
  /** Scopes that have another ID than the described one: it was made in the portal. */
  withOtherId: ReadonlySet<string>;
}

const exposedSchema = z.object({
  api: z.object({ oauth2PermissionScopes: z.array(z.object({ id: z.string(), value: z.string() })) }),
});

/**
 * Reads the apps of the description, whoever made them.
 *
 * @throws {GraphRequestError}
 */
export async function readRegistrations(
  graph: GraphClient,
  apps: readonly AppDescription[],
): Promise<Registrations> {
  const { registered, appIds } = await findApps(apps, (app) => findApplication(graph, app));
  const registrations: Registration[] = [];
  for (const app of apps) {
    const application = registered[app.key];
    registrations.push({
      app,
      application,
      servicePrincipal: application && (await readServicePrincipal(graph, application.appId)),
      desired: desiredSettings(app, apps, appIds),
    });
  }
  const byId = new Map(appKeys.map((key) => [appIds[key], named(apps, key).uniqueName]));
  const withOtherId = new Set<string>();
  for (const { app, application } of registrations) {
    for (const { id, value } of exposedSchema.safeParse(application).data?.api.oauth2PermissionScopes ?? []) {
      byId.set(id, value);
      if (app.exposedScopes.some((scope) => scope.value === value && scope.id !== id)) withOtherId.add(value);
    }
  }
  return { apps: registrations, names: { byId, withOtherId } };
}

async function readServicePrincipal(graph: GraphClient, appId: string): Promise<ServicePrincipal | null> {
  const select = 'id,accountEnabled,appRoleAssignmentRequired';
  const found = await graph.find(`/servicePrincipals(appId='${appId}')?$select=${select}`);
  return servicePrincipalSchema.nullable().parse(found);
}
