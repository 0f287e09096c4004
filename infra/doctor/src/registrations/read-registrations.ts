import type { AppDescription, EarlierRun } from '@obo/app-registration';
import {
  desiredSettings,
  findApplication,
  findApps,
  findManagedIdentity,
  type GraphClient,
  isTrusted,
  NoManagedIdentity,
  type RegisteredApp,
  readFederatedCredentials,
  type Settings,
  type TrustedIdentity,
} from '@obo/app-registration/tenant';
import { z } from 'zod';

const servicePrincipalSchema = z.object({
  id: z.string(),
  accountEnabled: z.boolean(),
  appRoleAssignmentRequired: z.boolean(),
});
export type ServicePrincipal = z.infer<typeof servicePrincipalSchema>;

/** An app as described, and as it is in the tenant. */
export interface Registration {
  app: AppDescription;
  /** `null` when it is not registered. */
  application: RegisteredApp | null;
  servicePrincipal: ServicePrincipal | null;
  desired: Settings;
}

export interface Registrations {
  apps: readonly Registration[];
  names: Names;
}

export interface Names {
  /** Unique names by application (client) ID, and scopes by their ID in the tenant. */
  byId: ReadonlyMap<string, string>;
  /** Scopes that do not have the described ID, as they were created in the portal. */
  withOtherId: ReadonlySet<string>;
}

const exposedSchema = z.object({
  api: z.object({ oauth2PermissionScopes: z.array(z.object({ id: z.string(), value: z.string() })) }),
});

/**
 * Reads the described apps, even if `register` did not create them.
 *
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 */
export async function readRegistrations(
  graph: GraphClient,
  apps: readonly AppDescription[],
): Promise<Registrations> {
  const { found, appIds } = await findApps(apps, (app) => findApplication(graph, app));
  const registrations: Registration[] = [];
  for (const { app, registered: application } of found) {
    registrations.push({
      app,
      application,
      servicePrincipal: application && (await readServicePrincipal(graph, application.appId)),
      desired: desiredSettings(app, apps, appIds),
    });
  }
  const byId = new Map(apps.map(({ key, uniqueName }) => [appIds[key], uniqueName]));
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

/** The identity that the middle tier's file names, and whether its app registration trusts it. */
export interface Trust {
  /** `null` when the tenant has no such managed identity. */
  identity: TrustedIdentity | null;
  isTrusted: boolean;
}

/**
 * Reads whether the middle tier's app registration trusts the identity in its file.
 *
 * @param managed Issuer and audience of managed identities' tokens.
 * @returns `null` when the file names no federated identity.
 * @throws {GraphRequestError} when Graph rejects a request or cannot be reached.
 */
export async function readTrust(
  graph: GraphClient,
  app: RegisteredApp,
  credential: EarlierRun['credential'],
  managed: Pick<TrustedIdentity, 'issuer' | 'audience'>,
): Promise<Trust | null> {
  if (credential?.kind !== 'managed-identity' && credential?.kind !== 'workload-identity') return null;
  const credentials = await readFederatedCredentials(graph, app);
  if (credential.kind === 'workload-identity')
    return { identity: credential, isTrusted: isTrusted(credentials, credential) };
  try {
    const { principalId } = await findManagedIdentity(graph, credential.id);
    const identity = { ...managed, subject: principalId };
    return { identity, isTrusted: isTrusted(credentials, identity) };
  } catch (error) {
    if (error instanceof NoManagedIdentity) return { identity: null, isTrusted: false };
    throw error;
  }
}
