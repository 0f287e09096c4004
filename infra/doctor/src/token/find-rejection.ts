import {
  type AccessTokenClaims,
  authorize,
  explainRejection,
  type RejectionCode,
  readClaims,
  TokenRejected,
} from '@obo/access-token/policy';
import { Problem } from '@obo/service-defaults/problems';
import { decodeJwt } from 'jose';
import type { FindingId } from '../catalogue.ts';
import { type Finding, finding } from '../finding.ts';
import type { ApiExpectations } from './api-expectations.ts';

/** `unknown`: there are no keys to verify the signature with. */
export type Signature = 'valid' | 'invalid' | 'unknown';

const ids: Readonly<Record<Exclude<RejectionCode, 'unverified'>, FindingId>> = {
  not_a_jwt: 'token_not_a_jwt',
  for_graph: 'token_for_graph',
  id_token: 'token_is_id_token',
  version_1: 'token_is_v1',
  other_audience: 'token_for_another_api',
  other_tenant: 'token_from_another_tenant',
  other_issuer: 'token_from_another_issuer',
  expired: 'token_expired',
  from_the_future: 'token_not_valid_yet',
  no_permission: 'token_without_user',
  no_client: 'token_malformed',
  unusual_header: 'token_malformed',
};

/**
 * Finds the reason why an API would reject a token, with the decisions and the words of its guard. It repeats nothing of the
 * token but times, scopes and the calling application.
 *
 * @param now Seconds since the epoch.
 * @returns `null` when the API would accept the token.
 */
export function findRejection(
  token: string,
  signature: Signature,
  api: ApiExpectations,
  now: number,
): Finding | null {
  const reject: Reject = (id, reason, remedy) =>
    finding(id, `The ${api.name} would reject this token. ${reason}`, remedy);
  const { code, reason, remedy } = explainRejection(token, api, now);
  if (code !== 'unverified') return reject(ids[code], `${reason}${timeOf(code, token)}`, remedy);
  if (signature === 'invalid') return reject('token_signature_invalid', reason, remedy);
  let claims: AccessTokenClaims;
  try {
    claims = readClaims(decodeJwt(token), api);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    return error.reason === 'another issuer'
      ? reject('token_from_another_issuer', 'Its issuer is not the expected one.', checkIssuer)
      : reject('token_malformed', `Its claims are invalid: ${error.reason}.`, sendUnchanged);
  }
  try {
    const scopes = new Set(claims.scp?.split(' ') ?? []);
    authorize({ claims, scopes }, api, api.scopes, now);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return explainPermission(error, claims, api, reject);
  }
}

type Reject = (id: FindingId, reason: string, remedy: string) => Finding;

const checkIssuer =
  'Check AUTHORITY and AUTHORITY_METADATA: the token is from another cloud, or of another version.';
const sendUnchanged = 'Send the token as the identity provider issued it.';

function explainPermission(
  { code, message }: Problem,
  { azp, idtyp, scp }: AccessTokenClaims,
  { scopes, appIdUri }: ApiExpectations,
  reject: Reject,
): Finding {
  const defaultScope = `${appIdUri}/.default`;
  if (code === 'client_not_allowed') {
    const reason = `It was issued to the application ${azp}, which may not call this API.`;
    return reject('token_client_not_allowed', reason, message);
  }
  if (scp === undefined || idtyp === 'app') {
    return reject(
      'token_without_user',
      'It is for an application without a user, and this API requires a signed-in user.',
      `Sign in a user and ask for ${defaultScope}, or exchange a user's token (On-Behalf-Of flow), instead of client credentials.`,
    );
  }
  const reason = `It has the scopes ${scp}, but needs ${scopes.join(' or ')}.`;
  return reject('token_without_scope', reason, `Ask for ${defaultScope}, and consent.`);
}

/** Returns when the token expired, or becomes valid; empty for other rejections. */
function timeOf(code: RejectionCode, token: string): string {
  const name = code === 'expired' ? 'exp' : code === 'from_the_future' ? 'nbf' : undefined;
  const seconds = name && decodeJwt(token)[name];
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? '' : ` (${name} is ${date.toISOString()}.)`;
}
