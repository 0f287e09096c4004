import { type Difference, listDifference, matches } from '@obo/app-registration/tenant';
import { z } from 'zod';
import type { FindingId } from '../catalogue.ts';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Names } from './read-registrations.ts';

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
 * @param names What ids stand for.
 */
export function explainDifference(
  app: string,
  { property, from, to }: Difference,
  names: Names,
  { register }: Commands,
): Finding[] {
  const fix = `Set it back: \`${register}\`.`;
  const ofValue = values[property];
  if (ofValue) return [finding(ofValue.id, `${app} ${ofValue.says(text(from), text(to))}`, fix)];
  const ofList = lists[property];
  const items = ofList && listDifference(from, to, names.byId);
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
    ...items.different.map((item) => {
      const how = changeOf(property, item, from, to, names);
      return finding(how.id, `${app} has the ${member} ${item} (${property}), ${how.says}.`, fix);
    }),
  ];
}

/** How a member is not as described, although it is there. */
function changeOf(
  property: string,
  item: string,
  from: unknown,
  to: unknown,
  { withOtherId }: Names,
): { id: FindingId; says: string } {
  const otherId = 'by another ID than described: that works as well';
  if (property !== 'api.oauth2PermissionScopes') {
    return withOtherId.has(item.split('/').at(-1) ?? '')
      ? { id: 'scope_id_differs', says: otherId }
      : { id: 'setting_differs', says: 'and it is not as described' };
  }
  const scopes = z.array(z.looseObject({ value: z.string(), id: z.string() })).catch([]);
  const find = (list: unknown) => scopes.parse(list).find(({ value }) => value === item);
  const actual = find(from);
  if (matches({ ...actual, id: find(to)?.id }, find(to))) return { id: 'scope_id_differs', says: otherId };
  return actual?.isEnabled === false
    ? { id: 'scope_differs', says: 'and it is disabled: nobody can ask for it' }
    : { id: 'scope_differs', says: 'and it is not as described' };
}

const text = (value: unknown): string => JSON.stringify(value ?? null);
