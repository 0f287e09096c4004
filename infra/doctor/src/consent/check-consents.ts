import type { AppDescription } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding, type Observation, passed } from '../finding.ts';
import { checkMisplaced } from './check-misplaced.ts';
import type { Consent } from './read-consents.ts';
import { type RequiredConsent, requiredConsents } from './required-consents.ts';

/**
 * Checks that the apps have the consent that they need, and no other.
 *
 * @param apps The apps that the tenant has.
 */
export function checkConsents(
  consents: readonly Consent[],
  apps: readonly AppDescription[],
  commands: Commands,
): Observation[] {
  const required = requiredConsents(apps);
  const states = required.map((consent) => ({ consent, state: stateOf(consent, required, consents) }));
  const granted = states.filter(({ state }) => state.kind === 'granted');
  const absent = states
    .filter(({ state }) => state.kind === 'absent')
    .map(({ consent }) => describe(consent));
  return [
    ...granted.map(({ consent }) => passed(`All users have consent for ${describe(consent)}`)),
    ...states.flatMap(({ consent, state }) =>
      state.kind === 'incomplete' ? [explainIncomplete(consent, state, commands)] : [],
    ),
    ...(absent.length === 0 ? [] : [explainAbsent(absent, commands)]),
    ...checkMisplaced(consents, apps, required, commands),
  ];
}

type State =
  | { kind: 'granted' | 'absent' }
  /** `users`: number of users whose own consent is incomplete; 0 when admin consent is. */
  | { kind: 'incomplete'; missing: readonly string[]; users: number };

/**
 * Decides how complete a consent is, given the others: a user who consented to one app is not asked again at sign-in, so
 * missing consent to another app shows only when that app is used.
 */
function stateOf(
  { client, resource, scopes }: RequiredConsent,
  required: readonly RequiredConsent[],
  consents: readonly Consent[],
): State {
  const granted = (user: string | null) =>
    consents.filter(
      (consent) =>
        consent.client === client.key &&
        consent.resource === resource &&
        (consent.user === user || consent.user === null),
    );
  const missingFor = (user: string | null) =>
    scopes.filter((scope) => !granted(user).some((consent) => consent.scopes.includes(scope)));
  const missing = missingFor(null);
  if (missing.length === 0) return { kind: 'granted' };
  // Who uses one client is asked at the first sign-in to another.
  const isClient = client.exposedScopes.length === 0;
  const relevant = consents.filter((consent) =>
    required.some((each) => isFor(each, consent) && (!isClient || each.client === client)),
  );
  if (relevant.some(({ user }) => user === null)) return { kind: 'incomplete', missing, users: 0 };
  const missingByUser = [...new Set(relevant.map(({ user }) => user))]
    .map(missingFor)
    .filter((missingScopes) => missingScopes.length > 0);
  if (missingByUser.length === 0) return { kind: 'absent' };
  return { kind: 'incomplete', missing: [...new Set(missingByUser.flat())], users: missingByUser.length };
}

const isFor = ({ client, resource, scopes }: RequiredConsent, consent: Consent): boolean =>
  consent.client === client.key &&
  consent.resource === resource &&
  scopes.some((scope) => consent.scopes.includes(scope));

function explainIncomplete(
  { client, resourceName }: RequiredConsent,
  { missing, users }: Extract<State, { kind: 'incomplete' }>,
  { grantAdminConsent }: Commands,
): Finding {
  const whose =
    users === 0 ? 'Consent for all users' : `The consent of ${users} ${users === 1 ? 'user' : 'users'}`;
  return finding(
    'consent_incomplete',
    `${whose} for ${client.uniqueName} at ${resourceName} lacks ${missing.join(', ')}.`,
    `Consent for all users: \`${grantAdminConsent}\`. Or let users consent when the app asks them.`,
  );
}

const explainAbsent = (consents: readonly string[], { grantAdminConsent }: Commands): Finding =>
  finding(
    'consent_missing',
    `Each user is asked at the first sign-in: there is no consent for all users for ${consents.join('; ')}.`,
    `Fine if users may consent. If not, run \`${grantAdminConsent}\`.`,
  );

const describe = ({ client, resourceName, scopes }: RequiredConsent): string =>
  `${client.uniqueName} to use ${scopes.join(', ')} of ${resourceName}`;
