import { type Difference, listDifference, matches } from '@obo/app-registration/tenant';
import { z } from 'zod';
import type { FindingId } from '../catalogue.ts';
import type { Commands } from '../commands.ts';
import { type Finding, finding } from '../finding.ts';
import type { Names } from './read-registrations.ts';

/** How to explain a different value. */
interface ValueExplanation {
  id: FindingId;
  /** Follows the app's name. */
  explain: (from: string, to: string) => string;
}

/** How to explain missing and unexpected members of a list. */
interface ListExplanation {
  missing: FindingId;
  unexpected: FindingId;
  /** Name of a member. */
  member: string;
  /** Effect of a missing member. */
  consequence: string;
}

const values: Readonly<Record<string, ValueExplanation>> = {
  'api.requestedAccessTokenVersion': {
    id: 'tokens_are_v1',
    explain: (from, to) =>
      `gets v1.0 tokens, which the API rejects: requestedAccessTokenVersion is ${from}, expected ${to}.`,
  },
  'web.implicitGrantSettings': {
    id: 'implicit_grant_enabled',
    explain: () => 'allows the implicit grant, which puts tokens into URLs. These apps do not use it.',
  },
  signInAudience: {
    id: 'sign_in_audience_differs',
    explain: (from, to) => `admits other accounts than described: signInAudience is ${from}, expected ${to}.`,
  },
  displayName: { id: 'wording_differs', explain: (from, to) => `is named ${from}, expected ${to}.` },
  description: { id: 'wording_differs', explain: () => 'has another description text.' },
};

const lists: Readonly<Record<string, ListExplanation>> = {
  identifierUris: {
    missing: 'identifier_uri_differs',
    unexpected: 'identifier_uri_differs',
    member: 'Application ID URI',
    consequence: 'clients cannot request tokens with it',
  },
  'api.oauth2PermissionScopes': {
    missing: 'scope_missing',
    unexpected: 'scope_not_described',
    member: 'scope',
    consequence: 'clients cannot request it',
  },
  'api.knownClientApplications': {
    missing: 'known_client_missing',
    unexpected: 'known_client_not_described',
    member: 'known client',
    consequence: "consent at that client's sign-in does not include this app",
  },
  'api.preAuthorizedApplications': {
    missing: 'pre_authorization_missing',
    unexpected: 'pre_authorization_not_described',
    member: 'preauthorized client and scope',
    consequence: 'users must consent to it',
  },
  requiredResourceAccess: {
    missing: 'permission_not_listed',
    unexpected: 'permission_not_described',
    member: 'permission',
    consequence: 'users are not asked to consent to it',
  },
  'optionalClaims.accessToken': {
    missing: 'optional_claim_missing',
    unexpected: 'optional_claim_not_described',
    member: 'optional claim of access tokens',
    consequence: 'tokens do not contain it',
  },
  'optionalClaims.idToken': {
    missing: 'optional_claim_missing',
    unexpected: 'optional_claim_not_described',
    member: 'optional claim of ID tokens',
    consequence: 'tokens do not contain it',
  },
};

/**
 * Explains what a different setting means, item by item if it is a list.
 *
 * @param names Names by ID.
 */
export function explainDifference(
  app: string,
  { property, from, to }: Difference,
  names: Names,
  { register }: Commands,
): Finding[] {
  const fix = `Reset it: \`${register}\`.`;
  const value = values[property];
  if (value) return [finding(value.id, `${app} ${value.explain(toText(from), toText(to))}`, fix)];
  const list = lists[property];
  const items = list && listDifference(from, to, names.byId);
  if (!list || !items) {
    const problem = `${app}: ${property} is ${toText(from)}, expected ${toText(to)}.`;
    return [finding('setting_differs', problem, fix)];
  }
  const { missing, unexpected, member, consequence } = list;
  return [
    ...items.missing.map((item) =>
      finding(missing, `${app} lacks the ${member} ${item} (${property}): ${consequence}.`, fix),
    ),
    ...items.unexpected.map((item) =>
      finding(
        unexpected,
        `${app} has the ${member} ${item} (${property}), which is not in the description.`,
        fix,
      ),
    ),
    ...items.different.map((item) => {
      const { id, explanation } = explainMember(property, item, from, to, names);
      return finding(id, `${app} has the ${member} ${item} (${property}), ${explanation}.`, fix);
    }),
  ];
}

/** Explains how a member that both lists have differs. */
function explainMember(
  property: string,
  item: string,
  from: unknown,
  to: unknown,
  { withOtherId }: Names,
): { id: FindingId; explanation: string } {
  const otherId = 'with another ID than described: it works the same';
  if (property !== 'api.oauth2PermissionScopes') {
    return withOtherId.has(item.split('/').at(-1) ?? '')
      ? { id: 'scope_id_differs', explanation: otherId }
      : { id: 'setting_differs', explanation: 'but it differs from the description' };
  }
  const scopes = z.array(z.looseObject({ value: z.string(), id: z.string() })).catch([]);
  const find = (list: unknown) => scopes.parse(list).find(({ value }) => value === item);
  const actual = find(from);
  if (matches({ ...actual, id: find(to)?.id }, find(to)))
    return { id: 'scope_id_differs', explanation: otherId };
  return actual?.isEnabled === false
    ? { id: 'scope_differs', explanation: 'but it is disabled: clients cannot request it' }
    : { id: 'scope_differs', explanation: 'but it differs from the description' };
}

const toText = (value: unknown): string => JSON.stringify(value ?? null);
