import { expect, test } from 'vitest';
import { describeApps } from '../src/description.ts';
import { microsoftGraphAppId, microsoftGraphScopeIds } from '../src/settings/microsoft-graph-scopes.ts';
import { runTenant } from '../testing/running-tenant.ts';

test('no two scopes have the same ID or value', () => {
  const scopes = describeApps({ spaUrls: ['http://localhost:3000'] }).flatMap(
    ({ exposedScopes }) => exposedScopes,
  );
  expect(new Set(scopes.map(({ id }) => id)).size).toBe(scopes.length);
  expect(new Set(scopes.map(({ value }) => value)).size).toBe(scopes.length);
});

test("the IDs of Microsoft Graph's scopes are Graph's own", async () => {
  await using running = await runTenant();
  const graph = running.tenant.directory.findApplication(microsoftGraphAppId);
  for (const [value, id] of Object.entries(microsoftGraphScopeIds)) {
    expect(graph?.api.oauth2PermissionScopes).toContainEqual(expect.objectContaining({ value, id }));
  }
});

test('another prefix describes another set of apps', () => {
  const names = (namePrefix: string) =>
    describeApps({ spaUrls: ['http://localhost:3000'], namePrefix }).map(({ uniqueName }) => uniqueName);
  expect(names('test')).toContain('test-middle-tier-api');
  expect(names('test')).toEqual(names('obo').map((name) => name.replace('obo', 'test')));
});
