import { isAdministrator } from '../../directory/administrators.ts';
import type { Person } from '../../directory/people.ts';
import { accessRefusal, decideAccess } from '../conditional-access.ts';
import type { EntraServices } from '../entra-services.ts';
import { type EntraError, entraError } from '../errors/entra-error.ts';
import type { ForOrganization } from '../pages/consent-pages.ts';
import { isAssigned } from '../scopes/app-roles.ts';
import { type Client, findClient } from '../scopes/client.ts';
import type { PermissionRequest } from '../scopes/consent.ts';
import { readConsentScopes } from '../scopes/requested-scopes.ts';
import type { Authentication } from '../tokens/authentication.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { signInName } from '../tokens/person-claims.ts';
import { chooseAccount } from './choose-account.ts';
import type { SignInFlow } from './sign-in-flow.ts';
import { asksForOrganization, organizationRequests, personRequests } from './wanted-consent.ts';

/** What a sign-in needs next. */
export type Step =
  | { step: 'pickAccount' }
  | { step: 'nameAccount'; account: string }
  | { step: 'password'; person: Person }
  | { step: 'secondFactor'; person: Person }
  | {
      step: 'consent';
      person: Person;
      client: Client;
      requests: PermissionRequest[];
      /** Whether the person can consent for everybody, or is here for nothing else. */
      forOrganization: ForOrganization;
    }
  | {
      step: 'administratorConsent';
      person: Person;
      client: Client;
      requests: PermissionRequest[];
      refusal: EntraError;
    }
  | { step: 'done'; person: Person; client: Client; authentication: Authentication };

/**
 * Works out what is still missing for a sign-in.
 *
 * @param session Who is signed in in this browser.
 * @throws {EntraError} when the client has to be told: it forbade questions (`prompt=none`) or access is blocked.
 */
export function decideStep(entra: EntraServices, flow: SignInFlow, session: readonly Authentication[]): Step {
  const { request } = flow;
  const silent = request.prompt === 'none';

  const choice = chooseAccount(entra, flow, session);
  if (choice.outcome === 'ask') return { step: 'pickAccount' };
  if (choice.outcome === 'unknown') return { step: 'nameAccount', account: choice.account };
  const { person } = choice;

  const authentication = session.find(({ personId }) => personId === person.id);
  if (!authentication || (request.prompt === 'login' && authentication.authenticatedAt < request.startedAt)) {
    if (silent) throw entraError(50058, []);
    return { step: 'password', person };
  }

  const client = findClient(entra.directory, request.returnTo.clientId);
  if (asksForOrganization(flow)) return decideAdminConsent(entra, flow, client, person, authentication);
  if (!isAssigned(entra.directory, client, person.id)) {
    const { appId, displayName } = client.application;
    throw entraError(50105, [displayName, appId, signInName(person)]);
  }
  const requested = readConsentScopes(entra.directory, client, request.scope);
  const claims = readClaimsRequest(request.claims);
  for (const { resource } of requested) {
    const { appId } = resource.application;
    const decision = decideAccess(entra.directory, person, appId, authentication, claims);
    const refusal = accessRefusal(decision, appId);
    if (refusal && (silent || decision.outcome === 'blocked')) throw refusal;
    if (refusal) return { step: 'secondFactor', person };
  }

  const askAgain = request.prompt === 'consent' && !flow.consented;
  const requests = personRequests(entra.directory, client, flow, person);
  if (requests.length === 0 && !askAgain) return { step: 'done', person, client, authentication };
  if (silent) {
    const { appId, displayName } = client.application;
    throw entraError(65001, [appId, displayName], { error: 'consent_required' });
  }
  const forAdministrators = requests.filter(({ permission }) => permission.type === 'Admin');
  if (forAdministrators.length > 0 && !isAdministrator(person)) {
    const refusal = entraError(90094, [client.application.displayName]);
    return { step: 'administratorConsent', person, client, requests: forAdministrators, refusal };
  }
  const forOrganization = isAdministrator(person) ? 'offered' : 'no';
  return { step: 'consent', person, client, requests, forOrganization };
}

/** Shows all that the organization is asked for, once, to an administrator only. */
function decideAdminConsent(
  { directory }: EntraServices,
  flow: SignInFlow,
  client: Client,
  person: Person,
  authentication: Authentication,
): Step {
  const requests = organizationRequests(directory, client, flow);
  if (!isAdministrator(person)) {
    const refusal = entraError(90093, [client.application.displayName]);
    return { step: 'administratorConsent', person, client, requests, refusal };
  }
  return flow.consented
    ? { step: 'done', person, client, authentication }
    : { step: 'consent', person, client, requests, forOrganization: 'only' };
}
