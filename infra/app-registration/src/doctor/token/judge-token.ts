import { explainRefusal, issuersOf, type RefusalCode } from '@obo/service-defaults';
import { decodeJwt } from 'jose';
import { z } from 'zod';
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

const claimsSchema = z.object({
  iss: z.string().optional(),
  tid: z.string().optional(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
  azp: z.string().optional(),
  appid: z.string().optional(),
  idtyp: z.string().optional(),
  scp: z.string().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/**
 * Says why an API would refuse a token, in the words in which it does in development; `null` when it would take it.
 * Repeats nothing of the token but times, scopes and the calling application.
 *
 * @param now Seconds since the epoch.
 */
export function judgeToken(
  token: string,
  signature: Signature,
  api: ExpectingApi,
  now: number,
): Finding | null {
  const refuse = (id: FindingId, reason: string, remedy: string) =>
    finding(id, `The ${api.name} would refuse this token. ${reason}`, remedy);
  const { code, reason, remedy } = explainRefusal(token, api, now);
  if (code !== 'unverified') return refuse(ids[code], `${reason}${times(code, token)}`, remedy);
  if (signature === 'wrong') return refuse('token_signature_wrong', reason, remedy);
  const claims = claimsSchema.safeParse(decodeJwt(token)).data ?? {};
  if (!issuersOf(api.authority, claims.tid ?? '').includes(claims.iss ?? '')) {
    return refuse(
      'token_of_another_issuer',
      'The issuer is not the one that is expected.',
      'Check AUTHORITY and AUTHORITY_METADATA: the token is of another cloud, or of another version.',
    );
  }
  return judgePermission(claims, api, refuse);
}

function judgePermission(
  { azp, appid, idtyp, scp }: Claims,
  { allowedClientIds, scopes, clientId }: ExpectingApi,
  refuse: (id: FindingId, reason: string, remedy: string) => Finding,
): Finding | null {
  const caller = azp ?? appid ?? '';
  const askFor = `api://${clientId}/.default`;
  if (!allowedClientIds.includes(caller)) {
    return refuse(
      'token_of_client_not_allowed',
      `It was issued to the application ${caller}, which may not call.`,
      'Register the calling application with this API, in ALLOWED_CLIENT_IDS.',
    );
  }
  if (scp === undefined || idtyp === 'app') {
    return refuse(
      'token_acts_for_no_person',
      'It acts for an application alone, and this API works for signed-in people.',
      `Sign a person in and ask for ${askFor}, or exchange a person's token (on behalf of), in place of client credentials.`,
    );
  }
  const has = scp.split(' ');
  if (scopes.some((scope) => has.includes(scope))) return null;
  return refuse(
    'token_without_scope',
    `It has the scopes ${scp}, and needs ${scopes.join(' or ')}.`,
    `Ask for ${askFor}, and consent.`,
  );
}

/** When it ended, or begins; nothing for other reasons. */
function times(code: RefusalCode, token: string): string {
  if (code !== 'expired' && code !== 'from_the_future') return '';
  const { exp, nbf } = claimsSchema.safeParse(decodeJwt(token)).data ?? {};
  const name = code === 'expired' ? 'exp' : 'nbf';
  const seconds = code === 'expired' ? exp : nbf;
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? '' : ` (${name} is ${date.toISOString()}.)`;
}
