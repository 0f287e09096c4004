import { type Rejection, testRejections } from './rejections.ts';
import { requestToken } from './tenant.ts';
import { addPolicy, clientCredentials, fromSpa, requireAssignment, withAssertion } from './token-requests.ts';
import { onBehalfOf, refresh, signInToSpa } from './users.ts';

testRejections([
  {
    number: 50076,
    when: 'a policy requires a second factor for the resource of an exchange',
    error: 'interaction_required',
    suberror: 'basic_action',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        addPolicy(tenant, 'mfa', tenant.apps.downstream);
        return access_token;
      }),
  },
  {
    number: 50076,
    when: 'a policy requires a second factor and the refresh token has none',
    error: 'invalid_grant',
    suberror: 'basic_action',
    async send(tenant) {
      const { refresh_token } = await signInToSpa(tenant);
      addPolicy(tenant, 'mfa', tenant.apps.middleTier);
      return requestToken(tenant, refresh(tenant, refresh_token), fromSpa);
    },
  },
  {
    number: 50105,
    when: 'the API requires assignment and the user is not assigned',
    error: 'invalid_grant',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        requireAssignment(tenant, tenant.apps.downstream);
        return access_token;
      }),
  },
  {
    number: 501051,
    when: 'the API requires assignment and the client is not assigned',
    error: 'invalid_grant',
    send(tenant) {
      requireAssignment(tenant, tenant.apps.downstream);
      return requestToken(tenant, clientCredentials(tenant));
    },
  },
  {
    number: 500011,
    when: 'the resource is unknown',
    error: 'invalid_resource',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { scope: 'api://unknown/.default' })),
  },
  {
    number: 500011,
    when: 'the resource has no service principal in the tenant',
    error: 'invalid_resource',
    send(tenant) {
      const { servicePrincipals } = tenant.directory.state;
      const index = servicePrincipals.findIndex(({ appId }) => appId === tenant.apps.downstream);
      servicePrincipals.splice(index, 1);
      return requestToken(tenant, clientCredentials(tenant));
    },
  },
  {
    number: 500014,
    when: 'the resource is disabled',
    error: 'invalid_resource',
    send(tenant) {
      const principal = tenant.directory.findServicePrincipal(tenant.apps.downstream);
      if (principal) principal.accountEnabled = false;
      return requestToken(tenant, clientCredentials(tenant));
    },
  },
  {
    number: 53003,
    when: 'a policy blocks the resource',
    error: 'interaction_required',
    suberror: 'message_only',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        addPolicy(tenant, 'block', tenant.apps.downstream);
        return access_token;
      }),
  },
  {
    number: 65001,
    when: 'consent for the middle tier’s scope is missing',
    error: 'invalid_grant',
    suberror: 'consent_required',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => {
        tenant.forgetConsents();
        return access_token;
      }),
  },
  {
    number: 650053,
    when: 'the resource has no such scope',
    error: 'invalid_client',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => access_token, {
        scope: `api://${tenant.apps.downstream}/Nothing`,
      }),
  },
  {
    number: 70011,
    when: '/.default is combined with another scope',
    error: 'invalid_scope',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => access_token, {
        scope: `api://${tenant.apps.downstream}/.default api://${tenant.apps.downstream}/Leave.Read`,
      }),
  },
  {
    number: 28000,
    when: 'scopes of two resources are requested in one token',
    error: 'invalid_request',
    send: (tenant) =>
      withAssertion(tenant, ({ access_token }) => access_token, {
        scope: `api://${tenant.apps.downstream}/Leave.Read https://graph.microsoft.com/User.Read`,
      }),
  },
  {
    number: 90014,
    when: 'client credentials are requested without a scope',
    error: 'invalid_request',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { scope: '' })),
  },
  {
    number: 90023,
    when: 'requested_token_use is not on_behalf_of',
    error: 'invalid_request',
    send: (tenant) => requestToken(tenant, onBehalfOf(tenant, 'token', { requested_token_use: 'for_fun' })),
  },
  ...['grant_type', 'client_id', 'assertion', 'requested_token_use', 'scope'].map(
    (parameter): Rejection => ({
      number: 900144,
      when: `${parameter} is missing`,
      error: 'invalid_request',
      send: (tenant) => requestToken(tenant, onBehalfOf(tenant, 'token', { [parameter]: '' })),
    }),
  ),
  {
    number: 9000410,
    when: 'the claims parameter is not JSON',
    error: 'invalid_request',
    send: (tenant) => withAssertion(tenant, ({ access_token }) => access_token, { claims: '{' }),
  },
  {
    number: 1002012,
    when: 'client credentials are requested with a delegated scope',
    error: 'invalid_scope',
    send: (tenant) =>
      requestToken(
        tenant,
        clientCredentials(tenant, { scope: `api://${tenant.apps.downstream}/Leave.Read` }),
      ),
  },
  {
    number: 1002012,
    when: 'client credentials are requested with OpenID Connect scopes only',
    error: 'invalid_scope',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { scope: 'openid offline_access' })),
  },
  {
    number: 70011,
    when: 'client credentials are requested for two resources',
    error: 'invalid_scope',
    send: (tenant) =>
      requestToken(
        tenant,
        clientCredentials(tenant, {
          scope: `api://${tenant.apps.downstream}/.default https://graph.microsoft.com/.default`,
        }),
      ),
  },
]);
