import { z } from 'zod';

/** What the token endpoint says about an exchange that it rejects (RFC 6749, section 5.2, and Entra's additions). */
export const tokenErrorSchema = z.object({
  error: z.string().catch(''),
  /** The AADSTS numbers; Entra may send several, and the first one is often the least specific. */
  error_codes: z.array(z.coerce.string()).catch([]),
  suberror: z.string().catch(''),
  /** A claims request, as JSON. */
  claims: z.string().catch(''),
});
export type TokenError = z.output<typeof tokenErrorSchema>;

interface Signs {
  /** The code of the problem for the caller. */
  problem: string;
  /** Who has to act before the exchange can succeed, in words for the docs. */
  actor: string;
  /** AADSTS numbers: those that say more than the suberror and the error that come with them. */
  codes: readonly string[];
  suberrors?: readonly string[];
  errors?: readonly string[];
}

/**
 * The reasons for which an exchange is rejected, each with what it is recognized by. Where an answer fits several, the
 * first one decides: what the user cannot change comes before what the user can.
 *
 * Sources: "Microsoft Entra authentication and authorization error codes" for numbers and errors;
 * "UiRequiredExceptionClassification" of MSAL.NET for suberrors; RFC 6749, section 5.2.
 */
export const rejectionReasons = {
  client_credential: {
    problem: 'identity_configuration',
    actor: "this API's operator: its credential is not accepted",
    codes: [
      '7000215',
      '7000222',
      '7000216',
      '7000218',
      '700027',
      '7000272',
      '700024',
      '700021',
      '700023',
      '5002723',
      '5002738',
      '501661',
      '70021',
      '700211',
      '700212',
      '700213',
      '7002138',
      '700226',
    ],
    errors: ['invalid_client'],
  },
  registration: {
    problem: 'identity_configuration',
    actor: "this API's operator: its registration does not allow the exchange",
    codes: [
      '700016',
      '700038',
      '7000112',
      '7000114',
      '700025',
      '500131',
      '240002',
      '65002',
      '65005',
      '650053',
      '650057',
      '501051',
      '50194',
      '28000',
      '70003',
      '70011',
      '90009',
      '90014',
      '900144',
      '90023',
      '9002313',
      '901002',
    ],
    errors: ['unauthorized_client', 'invalid_scope', 'invalid_request', 'unsupported_grant_type'],
  },
  resource: {
    problem: 'identity_configuration',
    actor:
      "the resource's operator, or an administrator of the user's tenant: the resource is unknown or disabled there",
    codes: ['500011', '500014', '650052'],
    errors: ['invalid_resource', 'invalid_target'],
  },
  tenant: {
    problem: 'identity_configuration',
    actor: "this API's operator: the tenant is unknown, or does not know the account",
    codes: ['90002', '900023', '50020', '90072'],
  },
  not_assigned: {
    problem: 'not_assigned',
    actor: 'an administrator: the user is not assigned to the resource',
    codes: ['50105'],
  },
  blocked: {
    problem: 'access_blocked',
    actor: 'an administrator: a policy blocks the user',
    codes: ['53003'],
    suberrors: ['message_only', 'protection_policy_required'],
    errors: ['access_denied'],
  },
  revoked: {
    problem: 'invalid_token',
    actor: 'the user, by signing in again: access was revoked',
    codes: ['50133', '50173', '50132', '50057'],
  },
  consent: {
    problem: 'consent_required',
    actor: 'the user or an administrator, by consenting',
    codes: ['65001', '65004', '90094'],
    suberrors: ['consent_required'],
    errors: ['consent_required'],
  },
  sign_in: {
    problem: 'invalid_token',
    actor: 'the user, by signing in again',
    codes: ['500133', '50013', '50027', '50058', '50089', '70008', '700082', '700084'],
    suberrors: ['bad_token', 'token_expired', 'user_password_expired', 'device_authentication_failed'],
  },
  step_up: {
    problem: 'insufficient_claims',
    actor: 'the user, by answering the claims challenge; by signing in again if there is none',
    codes: ['50072', '50076', '50078', '50079'],
    suberrors: ['basic_action', 'additional_action'],
    errors: ['interaction_required', 'login_required', 'invalid_grant'],
  },
  unavailable: {
    problem: 'identity_provider_unavailable',
    actor: 'the caller, by trying again later: the service is down for now',
    codes: [],
    errors: ['temporarily_unavailable', 'server_error'],
  },
} as const satisfies Record<string, Signs>;

export type RejectionReason = keyof typeof rejectionReasons;

const reasons: readonly (readonly [RejectionReason, Signs])[] = Object.keys(rejectionReasons)
  .filter((name): name is RejectionReason => name in rejectionReasons)
  .map((name) => [name, rejectionReasons[name]]);

/** Finds the first reason that one of the words is a sign of, and that word. */
function findSign(kind: 'codes' | 'suberrors' | 'errors', words: readonly string[]) {
  for (const [reason, signs] of reasons)
    for (const word of words) if (signs[kind]?.includes(word)) return { reason, word };
  return undefined;
}

/**
 * An exchange that the token endpoint rejected: the only place where its answer is interpreted. What is said about the
 * fault counts in this order: all numbers, then the suberror, then the error, and claims only if nothing else is known,
 * because Entra also sends claims that no sign-in can satisfy. Texts never count.
 *
 * Its fields are those that logs may contain.
 */
export class RejectedExchange extends Error {
  override readonly name = 'RejectedExchange';
  /** `undefined` if nothing in the answer is known. */
  readonly reason: RejectionReason | undefined;
  readonly errorCode: string;
  readonly subError: string;
  /** The AADSTS number that decided, otherwise the first one. */
  readonly errorNo: string | undefined;
  /** The claims request that the user can satisfy, as JSON; empty if there is none. */
  readonly claims: string;

  constructor({ error, error_codes, suberror, claims }: TokenError) {
    super(`The token endpoint rejected the exchange: ${error}`);
    const code = findSign('codes', error_codes);
    const sign = code ?? findSign('suberrors', [suberror]) ?? findSign('errors', [error]);
    this.reason = sign?.reason ?? (claims === '' ? undefined : 'step_up');
    this.errorCode = error;
    this.subError = suberror;
    this.errorNo = code?.word ?? error_codes[0];
    this.claims = this.reason === 'step_up' ? claims : '';
    // The fault is in what was sent, not in the code that receives the answer: a stack would only fill the log.
    this.stack = '';
  }
}
