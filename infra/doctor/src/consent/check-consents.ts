import type { AppDescription } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding, fine, type Observation } from '../finding.ts';
import { checkMisplaced } from './check-misplaced.ts';
import type { Consent } from './read-consents.ts';
import { type WantedConsent, wantedConsents } from './wanted-consents.ts';

/**
 * Looks whether consent was given to the apps that need it, for all that they need, and to no others.
 *
 * @param apps Those that the tenant has.
 */
export function checkConsents(
  consents: readonly Consent[],
  apps: readonly AppDescription[],
  commands: Commands,
): Observation[] {
  const wanted = wantedConsents(apps);
  const states = wanted.map((each) => ({ each, state: stateOf(each, wanted, consents) }));
  const incomplete = states.flatMap(({ each, state }) =>
    state.kind === 'incomplete' ? [explainIncomplete(each, state, commands)] : [],
  );
  const asked = states.flatMap(({ each, state }) => (state.kind === 'absent' ? [describe(each)] : []));
  return [
    ...states.flatMap(({ each, state }) =>
      state.kind === 'complete' ? [fine(`There is consent for everyone for ${describe(each)}`)] : [],
    ),
    ...incomplete,
    ...(asked.length === 0 ? [] : [explainAbsent(asked, commands)]),
    ...checkMisplaced(consents, apps, wanted, commands),
  ];
}

type State =
  | { kind: 'complete' | 'absent' }
  /** `people`: whose own consents leave it out; 0 when it is everyone's that does. */
  | { kind: 'incomplete'; missing: readonly string[]; people: number };

/**
 * What is given of one consent, next to the others: who consented to one app is not asked again at sign-in, so what is
 * missing for another app is missed when it is used.
 */
function stateOf(
  { client, resource, scopes }: WantedConsent,
  wanted: readonly WantedConsent[],
  consents: readonly Consent[],
): State {
  const given = (person: string | null) =>
    consents.filter(
      (each) =>
        each.client === client.key &&
        each.resource === resource &&
        (each.person === person || each.person === null),
    );
  const missingOf = (person: string | null) =>
    scopes.filter((scope) => !given(person).some((each) => each.scopes.includes(scope)));
  const missing = missingOf(null);
  if (missing.length === 0) return { kind: 'complete' };
  const ofTheApps = consents.filter((consent) => wanted.some((each) => isFor(each, consent)));
  if (ofTheApps.some(({ person }) => person === null)) return { kind: 'incomplete', missing, people: 0 };
  const people = [...new Set(ofTheApps.map(({ person }) => person))]
    .map(missingOf)
    .filter((lacks) => lacks.length > 0);
  if (people.length === 0) return { kind: 'absent' };
  return { kind: 'incomplete', missing: [...new Set(people.flat())], people: people.length };
}

const isFor = ({ client, resource, scopes }: WantedConsent, consent: Consent): boolean =>
  consent.client === client.key &&
  consent.resource === resource &&
  scopes.some((scope) => consent.scopes.includes(scope));

function explainIncomplete(
  { client, resourceName }: WantedConsent,
  { missing, people }: Extract<State, { kind: 'incomplete' }>,
  { consentForEveryone }: Commands,
): Finding {
  const whose =
    people === 0
      ? 'The consent for everyone'
      : `The consent of ${people} ${people === 1 ? 'person' : 'people'}`;
  return finding(
    'consent_incomplete',
    `${whose} for ${client.uniqueName} at ${resourceName} leaves out ${missing.join(', ')}.`,
    `Consent for everyone: \`${consentForEveryone}\`. Or let people consent when the app asks them.`,
  );
}

const explainAbsent = (asked: readonly string[], { consentForEveryone }: Commands): Finding =>
  finding(
    'consent_missing',
    `Each person is asked at the first sign-in: there is no consent for everyone for ${asked.join('; ')}.`,
    `That is well where people may consent. Else: \`${consentForEveryone}\`.`,
  );

const describe = ({ client, resourceName, scopes }: WantedConsent): string =>
  `${client.uniqueName} to use ${scopes.join(', ')} of ${resourceName}`;
