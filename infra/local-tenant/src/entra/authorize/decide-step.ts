import { isAdministrator, type User } from '../../directory/users.ts';
import { accessError, decideAccess } from '../conditional-access.ts';
import type { EntraServices } from '../entra-services.ts';
import { type EntraError, entraError } from '../errors/entra-error.ts';
import type { ForOrganization } from '../pages/consent-pages.ts';
import { isAssigned } from '../scopes/app-roles.ts';
import { type Client, findClient } from '../scopes/client.ts';
import type { PermissionRequest } from '../scopes/consent.ts';
import { readConsentScopes } from '../scopes/requested-scopes.ts';
import type { Authentication } from '../tokens/authentication.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { signInName } from '../tokens/user-claims.ts';
import { chooseAccount } from './choose-account.ts';
import { adminConsentRequests, asksForOrganization, userConsentRequests } from './required-consent.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** The next step of a sign-in. */
export type Step =
  | { step: 'pickAccount' }
  | { step: 'nameAccount'; account: string }
  | { step: 'password'; user: User }
  | { step: 'secondFactor'; user: User }
  | {
      step: 'consent';
      user: User;
      client: Client;
      requests: PermissionRequest[];
      /** Whether the user may also consent for the organization, or does only that. */
      forOrganization: ForOrganization;
    }
  | {
      step: 'administratorConsent';
      user: User;
      client: Client;
      requests: PermissionRequest[];
      rejection: EntraError;
    }
  | { step: 'done'; user: User; client: Client; authentication: Authentication };

/**
 * Decides the next step of a sign-in.
 *
 * @param session The users signed in to this browser.
 * @throws {EntraError} for errors to send to the client: interaction is needed but `prompt=none`, or access is
 *   blocked.
 */
export function decideStep(entra: EntraServices, flow: SignInFlow, session: readonly Authentication[]): Step {
  const { request } = flow;
  const silent = request.prompt === 'none';

  const choice = chooseAccount(entra, flow, session);
  if (choice.outcome === 'ask') return { step: 'pickAccount' };
  if (choice.outcome === 'unknown') return { step: 'nameAccount', account: choice.account };
  const { user } = choice;

  const authentication = session.find(({ userId }) => userId === user.id);
  if (!authentication || (request.prompt === 'login' && authentication.authenticatedAt < request.startedAt)) {
    if (silent) throw entraError(50058, []);
    return { step: 'password', user };
  }

  const client = findClient(entra.directory, request.returnTo.clientId);
  if (asksForOrganization(flow)) return decideAdminConsent(entra, flow, client, user, authentication);
  if (!isAssigned(entra.directory, client, user.id)) {
    const { appId, displayName } = client.application;
    throw entraError(50105, [displayName, appId, signInName(user)]);
  }
  const requested = readConsentScopes(entra.directory, client, request.scope);
  const claims = readClaimsRequest(request.claims);
  for (const { resource } of requested) {
    const { appId } = resource.application;
    const decision = decideAccess(entra.directory, user, appId, authentication, claims);
    const rejection = accessError(decision, appId);
    if (rejection && (silent || decision.outcome === 'blocked')) throw rejection;
    if (rejection) return { step: 'secondFactor', user };
  }

  return decideConsent(entra, flow, client, user, authentication);
}

/** Decides whether the user must consent first. */
function decideConsent(
  entra: EntraServices,
  flow: SignInFlow,
  client: Client,
  user: User,
  authentication: Authentication,
): Step {
  const { prompt } = flow.request;
  const askAgain = prompt === 'consent' && !flow.consented;
  const requests = userConsentRequests(entra.directory, client, flow, user);
  if (requests.length === 0 && !askAgain) return { step: 'done', user, client, authentication };
  if (prompt === 'none') {
    const { appId, displayName } = client.application;
    throw entraError(65001, [appId, displayName], { error: 'consent_required' });
  }
  const { usersMayConsent } = entra.directory.state;
  const forAdministrators = requests.filter(
    ({ permission }) => permission.type === 'Admin' || !usersMayConsent,
  );
  if (forAdministrators.length > 0 && !isAdministrator(user)) {
    const rejection = entraError(90094, [client.application.displayName]);
    return { step: 'administratorConsent', user, client, requests: forAdministrators, rejection };
  }
  const forOrganization = isAdministrator(user) ? 'offered' : 'no';
  return { step: 'consent', user, client, requests, forOrganization };
}

/** Decides the next step of admin consent. Only an administrator gets the consent page, and only once. */
function decideAdminConsent(
  { directory }: EntraServices,
  flow: SignInFlow,
  client: Client,
  user: User,
  authentication: Authentication,
): Step {
  const requests = adminConsentRequests(directory, client, flow);
  if (!isAdministrator(user)) {
    const rejection = entraError(90093, [client.application.displayName]);
    return { step: 'administratorConsent', user, client, requests, rejection };
  }
  return flow.consented
    ? { step: 'done', user, client, authentication }
    : { step: 'consent', user, client, requests, forOrganization: 'only' };
}
