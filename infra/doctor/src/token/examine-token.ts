import { isKeyFor } from '@obo/access-token/policy';
import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import { compactVerify, createLocalJWKSet, decodeJwt, errors } from 'jose';
import { z } from 'zod';
import { finding, type Observation, passed } from '../finding.ts';
import type { KeySet } from '../identity-provider/read-provider.ts';
import { type ApiExpectations, apiExpectations } from './api-expectations.ts';
import { findRejection, type Signature } from './find-rejection.ts';

/**
 * Verifies a token as far as possible, and explains for each API why it would reject it. A token that one API accepts is
 * as it should be: the others need not accept it.
 *
 * @param keys Keys of the identity provider; `null` when they are not available.
 */
export async function examineToken(
  token: string,
  apps: readonly AppDescription[],
  environments: Readonly<Record<AppKey, Environment>>,
  keys: KeySet | null,
  now: Date,
): Promise<Observation[]> {
  const apis = apiExpectations(apps, environments);
  if (apis.length === 0) {
    const problem = 'The token was not checked: no environment file says what an API expects.';
    return [finding('token_not_checked', problem, 'Fix the environment files first.')];
  }
  const seconds = now.getTime() / 1000;
  const signatures = await Promise.all(apis.map((api) => verifySignature(token, keys, api)));
  const verdicts = apis.map((api, index) => ({
    api,
    rejection: findRejection(token, signatures[index] ?? 'unknown', api, seconds),
  }));
  if (verdicts.every(({ rejection }) => rejection !== null)) {
    const addressed = verdicts.filter(({ api }) => audienceOf(token).includes(api.clientId));
    return (addressed.length > 0 ? addressed : verdicts).flatMap(({ rejection }) => rejection ?? []);
  }
  const accepting = verdicts.flatMap(({ api, rejection }) => (rejection === null ? [api.name] : []));
  const observations: Observation[] = verdicts.map(({ api, rejection }) =>
    passed(
      rejection === null
        ? `The ${api.name} accepts this token`
        : `${rejection.problem} Expected: it is meant for the ${accepting.join(' and the ')}`,
    ),
  );
  if (signatures.includes('unknown')) {
    const problem = 'The signature was not verified, as no keys are available.';
    const fix = 'Fix the findings about the identity provider first.';
    observations.push(finding('token_signature_not_checked', problem, fix));
  }
  return observations;
}

/** Verifies only the signature of a token (RFC 7515, section 5.2), with the keys that the API accepts for its tenant. */
async function verifySignature(
  token: string,
  keys: KeySet | null,
  { authority }: ApiExpectations,
): Promise<Signature> {
  if (keys === null || keys.keys.length === 0) return 'unknown';
  try {
    const { tid } = tenantSchema.parse(decodeJwt(token));
    const own = keys.keys.filter((key) => isKeyFor(key, authority, tid));
    await compactVerify(token, createLocalJWKSet({ keys: own }), { algorithms: ['RS256'] });
    return 'valid';
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'invalid';
    throw error;
  }
}

const tenantSchema = z.object({ tid: z.string().default('') });
const audienceSchema = z.object({ aud: z.string() });

/** Reads the audience of a token; empty when it cannot be read. */
function audienceOf(token: string): string {
  try {
    return audienceSchema.parse(decodeJwt(token)).aud;
  } catch {
    return '';
  }
}
