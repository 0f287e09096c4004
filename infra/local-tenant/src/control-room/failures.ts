import type { Directory } from '../directory/directory.ts';
import { microsoftGraphAppId } from '../directory/first-party-applications.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import type { ErrorNumber } from '../entra/errors/entra-error.ts';
import { signInName } from '../entra/tokens/user-claims.ts';
import type { AppChain } from './app-chain.ts';

/** A switch with its values, e.g. `DELETE /conditional-access` or `PUT /clock` with a body. */
export interface SwitchCall {
  request: string;
  body?: object;
}

/** A failure that the failure lab can cause and cure. The texts are for the page. */
export interface Failure {
  id: string;
  title: string;
  /** The AADSTS numbers that it leads to. */
  numbers: readonly ErrorNumber[];
  /** What to do in the single-page application once the failure is set up. */
  instruction: string;
  /** What the single-page application shows then. */
  outcome: string;
  cause: string;
  /** How to cure it in a real tenant. */
  realCure: string;
  /** What to do in the single-page application after the cure. */
  afterCure: string;
  /** Whether the switches survive a restart of the tenant. */
  survivesRestart: boolean;
  setUp(chain: AppChain, entra: EntraServices): SwitchCall[];
  cure(chain: AppChain, entra: EntraServices): SwitchCall[];
}

/** The middle tier caches exchanged tokens, so only a new access token leads to a new exchange. */
const signInAgain =
  'Sign out, and sign in again. Without that, nothing changes yet: the middle tier caches exchanged tokens until your access token expires.';
const reload = 'Sign in if you have not, then reload the overview.';
const thenReload = 'Reload the overview.';

/** The failures, in the order in which most readers meet them. */
export const failures: readonly Failure[] = [
  {
    id: 'consent-missing',
    title: 'Consent is missing in the exchange',
    numbers: [65001],
    instruction: signInAgain,
    outcome:
      'Sign-in asks nothing, because the SPA may still call the middle tier. The profile section says that your consent is needed; the leave section has its data, because the downstream API preauthorized the middle tier.',
    cause:
      'The middle tier was granted nothing for Microsoft Graph. The user never sees the middle tier, so the exchange is the first place where this shows.',
    realCure:
      'Grant admin consent to the middle-tier API (Enterprise applications → Permissions), or let the client request it with prompt=consent. List the client in knownClientApplications, so that users consent to both on one page.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: ({ spa, middleTier }) => [
      { request: `POST /consents/${spa.appId}` },
      { request: `DELETE /consents/${middleTier.appId}` },
    ],
    cure: ({ middleTier }) => [{ request: `POST /consents/${middleTier.appId}` }],
  },
  {
    id: 'signature-invalid',
    title: 'The assertion’s signature cannot be verified',
    numbers: [50013],
    instruction: reload,
    outcome:
      'The profile section says that your session has expired. The middle tier still knows the old key and accepts your token; Entra ID does not any more.',
    cause:
      'The token in the assertion is signed with a key that the tenant does not publish. The same number comes for a token that is for Microsoft Graph: only Graph can verify that. Here the middle tier checks the audience before it exchanges a token.',
    realCure:
      'Send the middle tier a token that is for the middle tier (aud is its client ID), issued by this tenant. Sign in again if the token is older than the keys.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: () => [{ request: 'POST /signing-keys' }, { request: 'DELETE /signing-keys' }],
    cure: () => [{ request: 'DELETE /signing-keys/withdrawal' }],
  },
  {
    id: 'key-rolled',
    title: 'The signing key is rolled over',
    numbers: [],
    instruction: signInAgain,
    outcome:
      'Nothing fails. Your new token is signed with a key that the APIs have not seen: each fetches the keys once, and goes on. They do so every 30 seconds at most: if a key was rolled over just before, they reject your token until then.',
    cause:
      'Entra ID changes its signing keys without notice. An API that keeps the keys it has, for a day or in its configuration, would reject every new token with 401.',
    realCure:
      'Fetch the keys from the metadata, and again when a token names an unknown key (kid). Limit how often, so that invalid tokens cannot cause a request each.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: () => [{ request: 'POST /signing-keys' }],
    cure: () => [{ request: 'DELETE /signing-keys' }],
  },
  {
    id: 'step-up',
    title: 'A policy requires a second factor',
    numbers: [50076],
    instruction: signInAgain,
    outcome:
      'Sign-in works as before, because the policy is for Microsoft Graph and the SPA requests a token for the middle tier. The profile section asks you to verify your identity.',
    cause:
      'A Conditional Access policy for the resource requires multifactor authentication, and the exchange cannot ask the user. Entra ID returns a claims challenge instead.',
    realCure:
      'Pass the claims on to the client (401 with insufficient_claims), which signs the user in with them. Then exchange the new token. No administrator has to act.',
    afterCure: `${thenReload} Or verify your identity there, while the policy is in place.`,
    survivesRestart: true,
    setUp: () => [policy('mfa', microsoftGraphAppId)],
    cure: (_chain, { directory }) => withoutPolicies(directory, 'mfa', microsoftGraphAppId),
  },
  {
    id: 'blocked',
    title: 'A policy blocks access',
    numbers: [53003],
    instruction: signInAgain,
    outcome: 'The profile section says that a policy blocks access, and offers no button: none would help.',
    cause:
      'A Conditional Access policy for Microsoft Graph blocks the user. Signing in again does not change that.',
    realCure:
      'An administrator finds the policy in the sign-in logs (Conditional Access tab of the failed sign-in), and excludes the user or changes its conditions.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: () => [policy('block', microsoftGraphAppId)],
    cure: (_chain, { directory }) => withoutPolicies(directory, 'block', microsoftGraphAppId),
  },
  {
    id: 'not-assigned',
    title: 'The user is not assigned to the API',
    numbers: [50105],
    instruction: signInAgain,
    outcome:
      'The leave section says that your organization has not assigned you. The profile section has its data.',
    cause: 'The downstream API requires assignment, and neither you nor a group of yours is assigned to it.',
    realCure:
      'Assign the user or a group (Enterprise applications → Users and groups), or set Assignment required to No.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: ({ downstreamApi }) => [requireAssignment(downstreamApi.appId, true)],
    cure: ({ downstreamApi }) => [requireAssignment(downstreamApi.appId, false)],
  },
  {
    id: 'resource-unknown',
    title: 'The API is not in the tenant',
    numbers: [500011],
    instruction: signInAgain,
    outcome:
      'The leave section says that the middle tier is not registered correctly: only an administrator can change that.',
    cause:
      'The tenant has no service principal for the downstream API. This happens with a wrong Application ID URI, and with a multitenant API that nobody in the tenant has consented to.',
    realCure:
      'Check the scope’s prefix against the Application ID URI. In another tenant, let an administrator consent, which creates the service principal.',
    afterCure: thenReload,
    survivesRestart: true,
    setUp: ({ spa, middleTier, downstreamApi }) => [
      { request: `POST /consents/${spa.appId}` },
      { request: `POST /consents/${middleTier.appId}` },
      { request: `DELETE /service-principals/${downstreamApi.appId}` },
    ],
    cure: ({ downstreamApi }) => [{ request: `POST /service-principals/${downstreamApi.appId}` }],
  },
  {
    id: 'session-revoked',
    title: 'The user’s sign-ins are revoked',
    numbers: [50133, 50173],
    instruction: 'Sign in if you have not, then reload the overview twice.',
    outcome:
      'First Microsoft Graph sends a claims challenge, although its token is still valid (continuous access evaluation). The second time the exchange is rejected, and the SPA’s refresh token too: you have to sign in again.',
    cause:
      'An administrator revoked the sign-ins, or the password was changed. Every token from an earlier sign-in is void for Entra ID.',
    realCure:
      'The user signs in again. The middle tier removes the user’s cached tokens, and the SPA offers the sign-in.',
    afterCure: `${thenReload} A real tenant cannot take a revocation back.`,
    survivesRestart: true,
    setUp: (_chain, { directory }) =>
      directory.users
        .filter(({ accountEnabled }) => accountEnabled)
        .map((user) => ({ request: `POST /users/${encodeURIComponent(signInName(user))}/revocation` })),
    cure: (_chain, { directory }) =>
      directory.users
        .filter(({ id }) => directory.state.revocations[id])
        .map((user) => ({ request: `DELETE /users/${encodeURIComponent(signInName(user))}/revocation` })),
  },
  {
    id: 'token-expired',
    title: 'The assertion has expired',
    numbers: [500133],
    instruction: reload,
    outcome:
      'The profile section says that your session has expired. The middle tier accepts your token, because its clock is right; the tenant’s clock is ahead, and rejects it.',
    cause:
      'APIs accept tokens for some minutes after their expiry, because clocks differ. Entra ID does not: an exchange at that time fails.',
    realCure:
      'Let the client acquire a new token when the API returns 401, and call again. Keep the clocks of your servers synchronized.',
    afterCure: thenReload,
    survivesRestart: false,
    setUp: (_chain, { lifetimes }) => [{ request: 'PUT /clock', body: { ahead: lifetimes.accessToken } }],
    cure: () => [{ request: 'PUT /clock', body: { ahead: 0 } }],
  },
  {
    id: 'downstream-api-down',
    title: 'The downstream API is down',
    numbers: [],
    instruction: reload,
    outcome:
      'The leave section says that the downstream API is not responding. The profile section has its data.',
    cause: 'The downstream API does not run. Its tokens are valid; the calls have nowhere to go.',
    realCure:
      'Start it. The middle tier tries again with the next request, after a pause of five seconds at most.',
    afterCure: 'Select Try again on the overview.',
    survivesRestart: false,
    setUp: () => [{ request: `PUT /services/${downstreamService}`, body: { isRunning: false } }],
    cure: () => [{ request: `PUT /services/${downstreamService}`, body: { isRunning: true } }],
  },
  {
    id: 'graph-throttled',
    title: 'Microsoft Graph throttles',
    numbers: [],
    instruction: reload,
    outcome:
      'The profile section says that Microsoft Graph is not responding. The leave section has its data.',
    cause:
      'Microsoft Graph answers 429 with Retry-After, as it does when an application or a tenant calls too often.',
    realCure:
      'Wait as long as Retry-After says, and do not retry earlier. Ask for less: $select, batches, change notifications instead of polling.',
    afterCure: 'Select Try again on the overview.',
    survivesRestart: false,
    setUp: () => [{ request: 'PUT /graph-throttling', body: { seconds: 600 } }],
    cure: () => [{ request: 'PUT /graph-throttling', body: { seconds: 0 } }],
  },
];

/** The name of the downstream API among the services. */
export const downstreamService = 'downstream-api';

const policy = (control: 'mfa' | 'block', resource: string): SwitchCall => ({
  request: 'POST /conditional-access',
  body: { control, resource },
});

const withoutPolicies = ({ state }: Directory, control: 'mfa' | 'block', resource: string): SwitchCall[] =>
  state.conditionalAccessPolicies
    .filter(
      ({ conditions, grantControls }) =>
        conditions.applications.includeApplications.includes(resource) &&
        grantControls.builtInControls.includes(control),
    )
    .map(({ id }) => ({ request: `DELETE /conditional-access/${id}` }));

const requireAssignment = (appId: string, appRoleAssignmentRequired: boolean): SwitchCall => ({
  request: `PATCH /service-principals/${appId}`,
  body: { appRoleAssignmentRequired },
});
