import { defaultUrls } from '@obo/app-registration';
import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { edit, examined, idsOf, withVariable } from './examined.ts';

const bff = 'http://localhost:3100';
let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  await running.register({ urls: { ...defaultUrls, bff }, consent: true });
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

test.each<
  [what: string, file: 'bff' | 'middleTierApi', variable: string, value: string | null, found: string]
>([
  ['has another client ID', 'bff', 'CLIENT_ID', crypto.randomUUID(), 'client_id_differs'],
  ['has no credential', 'bff', 'CLIENT_SECRET', null, 'environment_file_incomplete'],
  ['has an unknown secret', 'bff', 'CLIENT_SECRET', 'Zzz8Q~unknown', 'client_secret_unknown'],
  ['calls another middle tier', 'bff', 'API_BASE_URL', 'http://localhost:4001', 'environment_files_disagree'],
  ['may not call', 'middleTierApi', 'ALLOWED_CLIENT_IDS', crypto.randomUUID(), 'environment_files_disagree'],
  ['has another origin', 'middleTierApi', 'ALLOWED_ORIGINS', defaultUrls.spa, 'environment_files_disagree'],
])('finds that the backend for frontend %s', async (_what, file, variable, value, found) => {
  await edit(running.files[file], withVariable(variable, value));
  expect(idsOf(await examined(running))).toContain(found);
});

test('finds that the registration of the backend for frontend lacks a claim, its redirect URI and its logout URL', async () => {
  const application = running.tenant.directory.state.applications.find(
    ({ uniqueName }) => uniqueName === 'obo-bff',
  );
  await running.graph.patch(`/applications/${application?.id}`, {
    web: { redirectUris: [], logoutUrl: null },
    optionalClaims: { idToken: [{ name: 'sid' }] },
  });
  expect(idsOf(await examined(running))).toEqual([
    'redirect_uri_missing',
    'setting_differs',
    'optional_claim_missing',
  ]);
});
