import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requiredApps } from '../src/apps.ts';
import { describeApps } from '../src/description.ts';
import { planRemoval, removeApps } from '../src/remove-apps.ts';
import { GraphClient } from '../src/tenant/graph-client.ts';
import { type RunningTenant, runTenant } from '../testing/running-tenant.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const description = { spaUrls: [] };
async function remove(
  graph = running.graph,
  options: { spaUrls: string[]; namePrefix?: string } = description,
) {
  const removals = await planRemoval(graph, options);
  await removeApps(graph, removals);
  return removals;
}
const state = () => running.tenant.directory.state;
const nothing = {
  applications: [],
  servicePrincipals: [],
  deletedApplications: [],
  deletedServicePrincipals: [],
  permissionGrants: [],
};
const left = () => ({
  applications: state().applications,
  servicePrincipals: state().servicePrincipals,
  deletedApplications: state().deletedApplications,
  deletedServicePrincipals: state().deletedServicePrincipals,
  permissionGrants: state().permissionGrants,
});

describe('removing', () => {
  test('removes everything, also from the deleted items, so that the apps can be registered again', async () => {
    await running.register({ mcpUrl: 'http://localhost:4000/mcp', consent: true });
    await remove();
    expect(left()).toEqual(nothing);
    expect(await remove()).toEqual([]);
    await running.register();
    expect(state().applications).toHaveLength(requiredApps.length);
  });

  test('lists clients before the APIs that they call, and only what exists', async () => {
    await running.register();
    const removals = await planRemoval(running.graph, description);
    const shown = removals.filter(({ appears }) => !appears);
    expect(shown.map(({ change }) => `${change.app} ${change.property}`)).toEqual(
      describeApps(description)
        .toReversed()
        .flatMap(({ uniqueName }) => [`${uniqueName} service principal`, `${uniqueName} application`]),
    );
    expect(shown.at(-1)?.change.app).toBe('obo-downstream-api');
  });

  test('keeps another set of apps', async () => {
    await running.register({ namePrefix: 'test', consent: true });
    const before = structuredClone(left());
    await running.register();
    await remove();
    expect(left()).toEqual(before);
    await remove(running.graph, { ...description, namePrefix: 'test' });
    expect(left()).toEqual(nothing);
  });

  test('removes nothing when another program created an app with that name', async () => {
    await running.register();
    const spa = state().applications.find(({ uniqueName }) => uniqueName === 'obo-spa');
    if (spa) spa.tags = [];
    await expect(remove()).rejects.toThrow(/'obo-spa' that `register` did not create/);
    expect(state().applications).toHaveLength(requiredApps.length);
  });

  test('keeps a deleted app with that name that another program created', async () => {
    await running.register();
    await remove();
    await running.register();
    const spa = state().applications.find(({ uniqueName }) => uniqueName === 'obo-spa');
    if (!spa) throw new Error('There is no SPA.');
    state().deletedApplications.push({
      ...spa,
      id: crypto.randomUUID(),
      tags: [],
      deletedDateTime: '2026-01-01',
    });
    await remove();
    expect(state().deletedApplications).toHaveLength(1);
  });

  test('continues after an interruption at any request', async () => {
    await running.register({ consent: true });
    // The permissions that removing requires, and no more.
    const token = await running.tokenWith([
      'Application.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
    ]);
    const restoreRegistered = await running.save();
    let completed = false;
    for (let requests = 1; !completed; requests += 1) {
      await restoreRegistered();
      let allowed = requests;
      const interrupted = new GraphClient({
        baseUrl: running.tenant.graphBaseUrl,
        getToken: () => (allowed-- > 0 ? Promise.resolve(token) : Promise.reject(new Error('interrupted'))),
      });
      completed = await remove(interrupted).then(
        () => true,
        () => false,
      );
      await remove();
      expect(left().deletedApplications).toEqual([]);
      expect(left().deletedServicePrincipals).toEqual([]);
      // Only the client of the token is left.
      expect(state().applications.map(({ uniqueName }) => uniqueName)).toEqual([null]);
    }
  });
});
