import { type RegisteredApp, updateApplication } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';
import { type Difference, toRequestBody } from './compare-settings.ts';
import type { Settings } from './desired-settings.ts';

const scopesProperty = 'api.oauth2PermissionScopes';

/**
 * Sets the settings that differ. Scopes go first and by themselves, as other settings refer to them. Graph rejects
 * changes to an enabled scope, so each is disabled before.
 *
 * @throws {GraphRequestError} when Graph rejects a change.
 */
export async function repairSettings(
  graph: GraphClient,
  app: RegisteredApp,
  differences: readonly Difference[],
  desired: Settings,
): Promise<void> {
  const scopes = differences.find(({ property }) => property === scopesProperty);
  if (scopes) {
    const existing = Array.isArray(scopes.from) ? scopes.from : [];
    if (existing.length > 0) {
      const disabled = existing.map((scope) => ({ ...scope, isEnabled: false }));
      await updateApplication(graph, app, toRequestBody({ [scopesProperty]: disabled }));
    }
    const referring = 'api.preAuthorizedApplications';
    await updateApplication(
      graph,
      app,
      toRequestBody({ [scopesProperty]: scopes.to, [referring]: desired[referring] }),
    );
  }
  const others = differences.filter(({ property }) => property !== scopesProperty);
  if (others.length > 0) {
    await updateApplication(
      graph,
      app,
      toRequestBody(Object.fromEntries(others.map(({ property, to }) => [property, to]))),
    );
  }
}
