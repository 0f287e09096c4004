import type { Difference } from '../../compare-settings.ts';
import { listDifference } from '../../list-difference.ts';
import type { FindingId } from '../catalogue.ts';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';

/** What it means that a single value differs. */
interface OfValue {
  id: FindingId;
  says: (from: string, to: string) => string;
}

/** What it means that a list lacks something, or has something too much. */
interface OfList {
  missing: FindingId;
  superfluous: FindingId;
  /** As the members are called. */
  member: string;
  /** What follows if one is missing. */
  consequence: string;
}

const values: Readonly<Record<string, OfValue>> = {
  'api.requestedAccessTokenVersion': {
    id: 'tokens_are_v1',
    says: (from, to) =>
      `gets v1.0 tokens, which its API refuses: requestedAccessTokenVersion is ${from}, and ${to} is wanted.`,
  },
  'web.implicitGrantSettings': {
    id: 'implicit_grant_enabled',
    says: () => 'allows the implicit grant, which puts tokens into addresses. Nothing here needs it.',
  },
  signInAudience: {
    id: 'sign_in_audience_differs',
    says: (from, to) => `lets in accounts of another kind: signInAudience is ${from}, and ${to} is wanted.`,
  },
  displayName: { id: 'wording_differs', says: (from, to) => `is called ${from}, and described as ${to}.` },
  description: { id: 'wording_differs', says: () => 'has another description text.' },
};

const lists: Readonly<Record<string, OfList>> = {
  identifierUris: {
    missing: 'identifier_uri_differs',
    superfluous: 'identifier_uri_differs',
    member: 'Application ID URI',
    consequence: 'clients do not find the API by it',
  },
  'api.oauth2PermissionScopes': {
    missing: 'scope_missing',
    superfluous: 'scope_not_described',
    member: 'scope',
    consequence: 'nobody can ask for it',
  },
  'api.knownClientApplications': {
    missing: 'known_client_missing',
    superfluous: 'known_client_not_described',
    member: 'known client',
    consequence: 'consent at its sign-in leaves this app out',
  },
  'api.preAuthorizedApplications': {
    missing: 'pre_authorization_missing',
    superfluous: 'pre_authorization_not_described',
    member: 'pre-authorised client with its scope',
    consequence: 'people have to consent to it',
  },
  requiredResourceAccess: {
    missing: 'permission_not_listed',
    superfluous: 'permission_not_described',
    member: 'permission',
    consequence: 'nobody is asked to consent to it',
  },
  'optionalClaims.accessToken': {
    missing: 'optional_claim_missing',
    superfluous: 'optional_claim_not_described',
    member: 'optional claim of access tokens',
    consequence: 'tokens come without it',
  },
};

/**
 * Says in words what a setting that is not as described means, item by item where it is a list.
 *
 * @param names What application ids stand for.
 */
export function explainDifference(
  app: string,
  { property, from, to }: Difference,
  names: ReadonlyMap<string, string>,
  { register }: Commands,
): Finding[] {
  const fix = `Set it back: \`${register}\`.`;
  const ofValue = values[property];
  if (ofValue) return [finding(ofValue.id, `${app} ${ofValue.says(text(from), text(to))}`, fix)];
  const ofList = lists[property];
  const items = ofList && listDifference(from, to, names);
  if (!ofList || !items) {
    const problem = `${app}: ${property} is ${text(from)}, and ${text(to)} is wanted.`;
    return [finding('setting_differs', problem, fix)];
  }
  const { missing, superfluous, member, consequence } = ofList;
  return [
    ...items.missing.map((item) =>
      finding(missing, `${app} lacks the ${member} ${item} (${property}): ${consequence}.`, fix),
    ),
    ...items.superfluous.map((item) =>
      finding(
        superfluous,
        `${app} has the ${member} ${item} (${property}), which is not in the description.`,
        fix,
      ),
    ),
    ...items.different.map((item) => explainChanged(app, property, member, item, from, fix)),
  ];
}

function explainChanged(
  app: string,
  property: string,
  member: string,
  item: string,
  from: unknown,
  fix: string,
): Finding {
  const scope = Array.isArray(from) ? from.find((each) => Object(each).value === item) : undefined;
  const how = Object(scope).isEnabled === false ? 'disabled: nobody can ask for it' : 'not as described';
  const id = property === 'api.oauth2PermissionScopes' ? 'scope_differs' : 'setting_differs';
  return finding(id, `${app} has the ${member} ${item} (${property}), and it is ${how}.`, fix);
}

const text = (value: unknown): string => JSON.stringify(value ?? null);
