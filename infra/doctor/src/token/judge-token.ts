import {
  type AccessTokenClaims,
  authorize,
  explainRefusal,
  type RefusalCode,
  readClaims,
  TokenRejected,
} from '@obo/access-token';
import { Problem } from '@obo/service-defaults/problems';
import { decodeJwt } from 'jose';
import type { FindingId } from '../catalogue.ts';
import { type Finding, finding } from '../finding.ts';
import type { ExpectingApi } from './expecting-api.ts';
import type { Signature } from './verify-signature.ts';

const ids: Readonly<Record<Exclude<RefusalCode, 'unverified'>, FindingId>> = {
  not_a_jwt: 'token_not_a_jwt',
  for_graph: 'token_for_graph',
  id_token: 'token_is_id_token',
  version_1: 'token_is_v1',
  other_audience: 'token_for_another_api',
  other_tenant: 'token_of_another_tenant',
  other_issuer: 'token_of_another_issuer',
  expired: 'token_expired',
  from_the_future: 'token_not_valid_yet',
  no_permission: 'token_acts_for_no_person',
  no_client: 'token_not_of_this_kind',
  unusual_header: 'token_not_of_this_kind',
};

/**
 * Says why an API would refuse a token, with the decisions of its guard, and in the words in which it says so in
 * development; `null` when it would take it. Repeats nothing of the token but times, scopes and the calling application.
 *
 * @param now Seconds since the epoch.
 */
export function judgeToken(
  token: string,
  signature: Signature,
  api: ExpectingApi,
  now: number,
): Finding | null {
  const refuse: Refuse = (id, reason, remedy) =>
    finding(id, `The ${api.name} would refuse this token. ${reason}`, remedy);
  const { code, reason, remedy } = explainRefusal(token, api, now);
  if (code !== 'unverified') return refuse(ids[code], `${reason}${times(code, token)}`, remedy);
  if (signature === 'wrong') return refuse('token_signature_wrong', reason, remedy);
  const appIdUri = `api://${api.clientId}`;
  const policy = { ...api, appIdUri };
  let claims: AccessTokenClaims;
  try {
    claims = readClaims(decodeJwt(token), policy);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    return error.reason === 'another issuer'
      ? refuse('token_of_another_issuer', 'The issuer is not the one that is expected.', otherIssuer)
      : refuse('token_not_of_this_kind', `What it says does not fit: ${error.reason}.`, asItCame);
  }
  try {
    const scopes = new Set(claims.scp?.split(' ') ?? []);
    authorize({ claims, scopes }, policy, { scopes: api.scopes }, now);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return explainPermission(error, claims, api, refuse);
  }
}

type Refuse = (id: FindingId, reason: string, remedy: string) => Finding;

const otherIssuer =
  'Check AUTHORITY and AUTHORITY_METADATA: the token is of another cloud, or of another version.';
const asItCame = 'Send the token as the identity provider gave it.';

function explainPermission(
  { code, message }: Problem,
  { azp, idtyp, scp }: AccessTokenClaims,
  { scopes, clientId }: ExpectingApi,
  refuse: Refuse,
): Finding {
  const askFor = `api://${clientId}/.default`;
  if (code === 'client_not_allowed') {
    const reason = `It was issued to the application ${azp}, which may not call.`;
    return refuse('token_of_client_not_allowed', reason, message);
  }
  if (scp === undefined || idtyp === 'app') {
    return refuse(
      'token_acts_for_no_person',
      'It acts for an application alone, and this API works for signed-in people.',
      `Sign a person in and ask for ${askFor}, or exchange a person's token (on behalf of), in place of client credentials.`,
    );
  }
  const reason = `It has the scopes ${scp}, and needs ${scopes.join(' or ')}.`;
  return refuse('token_without_scope', reason, `Ask for ${askFor}, and consent.`);
}

/** When it ended, or begins; nothing for other reasons. */
function times(code: RefusalCode, token: string): string {
  const name = code === 'expired' ? 'exp' : code === 'from_the_future' ? 'nbf' : undefined;
  const seconds = name && decodeJwt(token)[name];
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? '' : ` (${name} is ${date.toISOString()}.)`;
}
