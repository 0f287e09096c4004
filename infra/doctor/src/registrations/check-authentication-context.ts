import type { Environment } from '@obo/app-registration';
import { type AuthenticationContextState, stepUpContext } from '@obo/app-registration/tenant';
import { finding, type Observation, passed } from '../finding.ts';

const setUp = 'docs/explanation/step-up.md says how, under "In a real tenant"';
const never = '366';

/**
 * Returns the authentication context that the downstream API demands; `null` if it never does.
 *
 * @param downstreamApi Its variables.
 */
export function demandedContext({ STEP_UP_CONTEXT, STEP_UP_ABOVE_DAYS }: Environment): string | null {
  return STEP_UP_ABOVE_DAYS === never ? null : STEP_UP_CONTEXT || stepUpContext;
}

/** Checks that users can satisfy the authentication context that the downstream API demands. */
export function checkAuthenticationContext(id: string, state: AuthenticationContextState): Observation {
  const demanded = `the authentication context ${id}, which the downstream API demands (STEP_UP_CONTEXT)`;
  switch (state) {
    case 'published':
      return passed(`The tenant has the authentication context ${id}`);
    case 'missing':
      return finding(
        'authentication_context_missing',
        `The tenant does not have ${demanded}: leave of more days than STEP_UP_ABOVE_DAYS cannot be approved.`,
        `Create it (${setUp}), set STEP_UP_CONTEXT to one that exists, or never demand it with STEP_UP_ABOVE_DAYS=${never}.`,
      );
    case 'unpublished':
      return finding(
        'authentication_context_not_published',
        `The tenant does not publish ${demanded}, to apps.`,
        'Conditional Access > Authentication contexts: select "Publish to apps".',
      );
    case 'unreadable':
      return finding(
        'authentication_context_not_checked',
        `Whether the tenant has ${demanded}, was not checked: this sign-in may not read it.`,
        'Pass a token with AuthenticationContext.Read.All, of a Security Reader, with --graph-token-file. Or look under Conditional Access > Authentication contexts.',
      );
  }
}
