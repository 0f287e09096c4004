import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planRemoval, removeApps } from '../src/remove-apps.ts';
import { createGraphClient } from '../src/tenant/graph-client.ts';
import { type RunningTenant, runTenant } from '../testing/running-tenant.ts';

let running: RunningTenant;
beforeEach(async () => {
  running = await runTenant();
});
afterEach(() => running[Symbol.asyncDispose]());

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
  test('leaves nothing of the registration, not even among the deleted, so that it can be made again', async () => {
    await running.register({ consent: true });
    await remove();
    expect(left()).toEqual(nothing);
    expect(await remove()).toEqual([]);
    await running.register();
    expect(state().applications).toHaveLength(3);
  });

  test('shows clients before what they call, and nothing that is not there', async () => {
    await running.register();
    const removals = await planRemoval(running.graph, description);
    const shown = removals.filter(({ appears }) => !appears);
    expect(shown.map(({ change }) => `${change.app} ${change.property}`)).toEqual([
      'obo-spa service principal',
      'obo-spa application',
      'obo-middle-tier-api service principal',
      'obo-middle-tier-api application',
      'obo-downstream-api service principal',
      'obo-downstream-api application',
    ]);
  });

  test('leaves another set of apps, and apps of others, alone', async () => {
    await running.register({ namePrefix: 'test', consent: true });
    const before = structuredClone(left());
    await running.register();
    await remove();
    expect(left()).toEqual(before);
    await remove(running.graph, { ...description, namePrefix: 'test' });
    expect(left()).toEqual(nothing);
  });

  test('refuses an app of that name that is not marked, and removes nothing', async () => {
    await running.register();
    const spa = state().applications.find(({ uniqueName }) => uniqueName === 'obo-spa');
    if (spa) spa.tags = [];
    await expect(remove()).rejects.toThrow(/'obo-spa' that this program did not make/);
    expect(state().applications).toHaveLength(3);
  });

  test('leaves a deleted app of that name that is not marked', async () => {
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

  test('continues after it was interrupted, wherever that was', async () => {
    let completed = false;
    for (let requests = 1; !completed; requests += 1) {
      await running.register({ consent: true });
      let allowed = requests;
      const { graphBaseUrl } = running.tenant;
      const token = await running.tokenWith([
        'Application.ReadWrite.All',
        'DelegatedPermissionGrant.ReadWrite.All',
      ]);
      const interrupted = createGraphClient({
        baseUrl: graphBaseUrl,
        getToken: () => (allowed-- > 0 ? Promise.resolve(token) : Promise.reject(new Error('interrupted'))),
      });
      completed = await remove(interrupted).then(
        () => true,
        () => false,
      );
      await remove();
      expect(left().deletedApplications).toEqual([]);
      expect(left().deletedServicePrincipals).toEqual([]);
      expect(state().applications.map(({ uniqueName }) => uniqueName)).toEqual(
        state().applications.map(() => null),
      );
      Object.assign(state(), structuredClone(nothing));
    }
  });
});
