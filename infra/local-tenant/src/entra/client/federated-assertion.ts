import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { tenant } from '../../directory/directory.ts';
import type { FederatedIdentityCredential } from '../../directory/schema.ts';
import { type EntraServices, issuerV2 } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Client } from '../scopes/client.ts';

/** The resource for which managed identities get tokens: its name in credentials, and its audience in tokens. */
const tokenExchange = { uri: 'api://AzureADTokenExchange', appId: 'fb60f99c-7a34-4190-8149-302f77469936' };
const clockToleranceSeconds = 300;
const deadline = 5_000;

const metadataSchema = z.object({ jwks_uri: z.url() });
const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Checks an assertion from another issuer against the application's federated identity credentials ("Workload
 * identity federation"). Issuer, audience and subject must match one credential exactly; the keys come from the
 * issuer's discovery document. Of this tenant's own tokens, only those of managed identities are accepted.
 *
 * @throws {EntraError} 70021, 700211, 700212, 700213, 7002138, 700226, 7000272, 501661, 700024, 700027.
 */
export async function checkFederatedAssertion(
  entra: EntraServices,
  { application }: Client,
  assertion: string,
  { header, payload }: { header: JWTHeaderParameters; payload: JWTPayload },
): Promise<void> {
  const { iss = '', sub = '' } = payload;
  const audience = String(payload.aud);
  const isOwn = iss === issuerV2(entra.baseUrl, tenant.id);
  match(application.federatedIdentityCredentials, {
    issuer: iss,
    subject: sub,
    audience: isOwn && audience === tokenExchange.appId ? tokenExchange.uri : audience,
  });
  if (isOwn && payload.xms_mirid === undefined) throw entraError(700226, []);

  const keys = isOwn ? { keys: entra.signingKeys.published() } : await fetchKeys(iss);
  try {
    await jwtVerify(assertion, createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp'],
      currentDate: entra.now(),
    });
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) throw entraError(7000272, [header.kid ?? '', iss]);
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
      throw entraError(700024, [entra.now().toISOString(), formatTime(payload.nbf), formatTime(payload.exp)]);
    }
    const reason = 'Key was found, but use of the key to verify the signature failed.';
    throw entraError(700027, [reason, header.kid ?? '', application.appId]);
  }
}

/** Matches issuer, then audience, then subject, so that the error names the first that differs. */
function match(
  credentials: readonly FederatedIdentityCredential[],
  { issuer, subject, audience }: { issuer: string; subject: string; audience: string },
): void {
  if (credentials.length === 0) throw entraError(70021, [issuer, subject, audience]);
  const ofIssuer = credentials.filter((credential) => credential.issuer === issuer);
  if (ofIssuer.length === 0) throw entraError(700211, [issuer]);
  const ofAudience = ofIssuer.filter(({ audiences }) => audiences.includes(audience));
  if (ofAudience.length === 0) throw entraError(700212, [audience]);
  if (ofAudience.some((credential) => credential.subject === subject)) return;
  const almost = ofAudience.some(({ subject: other }) => other.toLowerCase() === subject.toLowerCase());
  throw entraError(almost ? 7002138 : 700213, [subject]);
}

async function fetchKeys(issuer: string): Promise<JSONWebKeySet> {
  try {
    const { jwks_uri } = metadataSchema.parse(
      await fetchJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`),
    );
    return keysSchema.parse(await fetchJson(jwks_uri));
  } catch {
    throw entraError(501661, []);
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(deadline), redirect: 'error' });
  return response.json();
}

export const formatTime = (seconds: number | undefined): string =>
  seconds === undefined || !Number.isFinite(seconds) ? 'not given' : new Date(seconds * 1000).toISOString();
