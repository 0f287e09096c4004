import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { tenant } from '../../directory/directory.ts';
import { type EntraServices, issuerV1, issuerV2 } from '../entra-services.ts';

/** A token signed by this tenant, or why it is not one. Callers check lifetime and audience. */
export type ReadToken =
  | { outcome: 'read'; claims: JWTPayload }
  | { outcome: 'malformed' }
  | { outcome: 'unknownKey' | 'wrongSignature'; keyId: string }
  | { outcome: 'wrongIssuer' };

/** Reads a token and checks its signature (RS256, one of the published keys) and its issuer. */
export async function readOwnToken(entra: EntraServices, token: string): Promise<ReadToken> {
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
    decodeJwt(token);
  } catch {
    return { outcome: 'malformed' };
  }
  const keyId = header.kid ?? '';
  const key = entra.signingKeys.find(keyId);
  if (!key) return { outcome: 'unknownKey', keyId };
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      currentDate: new Date(0),
      clockTolerance: 1e12,
    });
    const issuers = entra.origins.flatMap((origin) => [
      issuerV1(origin, tenant.id),
      issuerV2(origin, tenant.id),
    ]);
    return issuers.includes(payload.iss ?? '')
      ? { outcome: 'read', claims: payload }
      : { outcome: 'wrongIssuer' };
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed
      ? { outcome: 'wrongSignature', keyId }
      : { outcome: 'malformed' };
  }
}
