import { decodeJwt } from 'jose';
import { z } from 'zod';
import { finding, fine, type Observation } from '../finding.ts';
import type { ExpectingApi } from './expecting-api.ts';
import { judgeToken } from './judge-token.ts';
import type { Signature } from './verify-signature.ts';

/**
 * Says of each API whether it would take a token, and if not, why. A token that one API takes is as it should be: no
 * other one has to.
 *
 * @param now Seconds since the epoch.
 */
export function checkToken(
  token: string,
  signature: Signature,
  apis: readonly ExpectingApi[],
  now: number,
): Observation[] {
  if (apis.length === 0) {
    const problem = 'The token was not looked at: no environment file says what an API expects.';
    return [finding('token_not_looked_at', problem, 'Put the environment files right first.')];
  }
  const verdicts = apis.map((api) => ({ api, refusal: judgeToken(token, signature, api, now) }));
  const accepting = verdicts.filter(({ refusal }) => refusal === null);
  if (accepting.length === 0) {
    const addressed = verdicts.filter(({ api }) => audienceOf(token).includes(api.clientId));
    return (addressed.length > 0 ? addressed : verdicts).flatMap(({ refusal }) => refusal ?? []);
  }
  const observations: Observation[] = verdicts.map(({ api, refusal }) =>
    fine(refusal === null ? `The ${api.name} takes this token` : `${refusal.problem} So it should be`),
  );
  if (signature === 'unknown') {
    const problem = 'The signature was not verified, as there are no keys to do it with.';
    const fix = 'Put right what is said of the identity provider.';
    observations.push(finding('token_signature_not_checked', problem, fix));
  }
  return observations;
}

const audienceSchema = z.object({ aud: z.string() });

/** What a token is for; nothing when it cannot be read. */
function audienceOf(token: string): string {
  try {
    return audienceSchema.parse(decodeJwt(token)).aud;
  } catch {
    return '';
  }
}
