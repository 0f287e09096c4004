import { createHash, X509Certificate } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importX509,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { tenant } from '../../directory/directory.ts';
import { type EntraServices, issuerV2 } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Client } from '../scopes/client.ts';
import { checkFederatedAssertion, formatTime } from './federated-assertion.ts';

/** MSAL rounds the times of assertions to seconds, which may be in the future. */
const clockToleranceSeconds = 300;

/**
 * Checks a client assertion (RFC 7523 §2.2). If the client signed it, checks it against the application's
 * certificates: RS256 with `x5t` or PS256 with `x5t#S256` ("Microsoft identity platform application authentication
 * certificate credentials"). If its issuer is a URL, checks it against the application's federated identity
 * credentials.
 *
 * @throws {EntraError} 50027, 5002723, 5002738, 700021, 700023, 700024, 700027; see {@link checkFederatedAssertion}.
 */
export async function checkClientAssertion(
  entra: EntraServices,
  client: Client,
  assertion: string,
): Promise<void> {
  const { appId } = client.application;
  const { header, payload } = decode(assertion);
  if (URL.canParse(payload.iss ?? '')) {
    await checkFederatedAssertion(entra, client, assertion, { header, payload });
    return;
  }
  const sent = thumbprintOf(header);
  const shown = Buffer.from(sent.value, 'base64url').toString('hex').toUpperCase();
  const { certificate, endDateTime } = findCertificate(client, sent) ?? {};
  if (!certificate) throw entraError(700027, ['The key was not found.', shown, appId]);
  if (Date.parse(endDateTime ?? '') <= entra.now().getTime())
    throw entraError(700027, ['The key used is expired.', shown, appId]);

  if (payload.sub !== appId || payload.iss !== appId) throw entraError(700021, []);
  const audience = entra.origins.flatMap((origin) => [
    issuerV2(origin, tenant.id),
    `${origin}/${tenant.id}/oauth2/v2.0/token`,
  ]);
  try {
    await jwtVerify(assertion, await importX509(certificate.toString(), header.alg), {
      audience,
      algorithms: ['RS256', 'PS256'],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp'],
      currentDate: entra.now(),
    });
  } catch (error) {
    if (
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && error.claim !== 'aud')
    ) {
      throw entraError(700024, [entra.now().toISOString(), formatTime(payload.nbf), formatTime(payload.exp)]);
    }
    if (error instanceof errors.JWTClaimValidationFailed) throw entraError(700023, []);
    throw entraError(700027, [
      'Key was found, but use of the key to verify the signature failed.',
      shown,
      appId,
    ]);
  }
}

interface Thumbprint {
  algorithm: 'sha1' | 'sha256';
  value: string;
}

function decode(assertion: string): { header: JWTHeaderParameters; payload: JWTPayload } {
  let header: Partial<JWTHeaderParameters>;
  let payload: JWTPayload;
  try {
    header = decodeProtectedHeader(assertion);
    payload = decodeJwt(assertion);
  } catch {
    throw entraError(50027, [], { error: 'invalid_client' });
  }
  const { alg = 'none' } = header;
  if (alg !== 'RS256' && alg !== 'PS256') throw entraError(5002738, [alg.slice(0, 20)]);
  return { header: { ...header, alg }, payload };
}

function thumbprintOf(header: JWTHeaderParameters): Thumbprint {
  const sha256 = header['x5t#S256'];
  if (typeof sha256 === 'string') return { algorithm: 'sha256', value: sha256 };
  const sha1 = header.x5t ?? header.kid;
  if (typeof sha1 === 'string') return { algorithm: 'sha1', value: sha1 };
  throw entraError(5002723, []);
}

function findCertificate({ application }: Client, { algorithm, value }: Thumbprint) {
  const wanted = Buffer.from(value, 'base64url').toString('base64url');
  return application.keyCredentials
    .flatMap(({ key, endDateTime }) =>
      key === null ? [] : [{ der: Buffer.from(key, 'base64'), endDateTime }],
    )
    .filter(({ der }) => createHash(algorithm).update(der).digest('base64url') === wanted)
    .map(({ der, endDateTime }) => ({ certificate: new X509Certificate(der), endDateTime }))[0];
}
