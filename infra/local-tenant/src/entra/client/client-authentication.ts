import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { type Client, findClient } from '../scopes/client.ts';
import type { ClientProof } from '../tokens/access-token.ts';
import { checkClientAssertion } from './client-assertion.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The client of a token request, and how it authenticated (`'0'`: not at all). */
export interface AuthenticatedClient {
  client: Client;
  proof: ClientProof;
}

/**
 * Authenticates the client: with a secret in the body or by HTTP Basic (RFC 6749 §2.3.1), with a signed assertion, or
 * not at all. Grants that need more call `requireProof`.
 */
export async function authenticateClient(
  entra: EntraServices,
  request: Request,
  parameters: Parameters,
): Promise<AuthenticatedClient> {
  const basic = readBasic(request.get('authorization'));
  const client = findClient(entra.directory, parameters.get('client_id') ?? basic?.clientId);
  if (basic && basic.clientId.toLowerCase() !== client.application.appId) throw entraError(9002313, []);

  const assertion = parameters.get('client_assertion');
  if (assertion !== undefined || parameters.get('client_assertion_type') !== undefined) {
    if (assertion === undefined) throw entraError(900144, ['client_assertion']);
    if (parameters.get('client_assertion_type') !== assertionType)
      throw entraError(900144, ['client_assertion_type']);
    await checkClientAssertion(entra, client, assertion);
    return { client, proof: '2' };
  }
  const secret = parameters.get('client_secret') ?? basic?.secret;
  if (secret === undefined) return { client, proof: '0' };
  checkClientSecret(client, secret, entra.now());
  return { client, proof: '1' };
}

/**
 * Requires an authenticated client.
 *
 * @throws {EntraError} 7000218 if the client sent neither a secret nor an assertion.
 */
export function requireProof({ proof }: AuthenticatedClient): void {
  if (proof === '0') throw entraError(7000218, []);
}

function readBasic(header: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^basic +([a-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [clientId, ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  try {
    return { clientId: decodeURIComponent(clientId ?? ''), secret: decodeURIComponent(secret.join(':')) };
  } catch {
    throw entraError(9002313, []);
  }
}

/**
 * Checks a client secret against the application's registered ones, in constant time.
 *
 * @throws {EntraError} 7000215 if it is not registered, 7000222 if it has expired.
 */
function checkClientSecret({ application }: Client, secret: string, now: Date): void {
  const digest = createHash('sha256').update(secret).digest();
  const matching = application.passwordCredentials.filter(({ secretDigest }) => {
    const registered = Buffer.from(secretDigest, 'base64url');
    return registered.length === digest.length && timingSafeEqual(registered, digest);
  });
  if (matching.length === 0) throw entraError(7000215, [application.appId]);
  if (matching.every(({ endDateTime }) => Date.parse(endDateTime) <= now.getTime())) {
    throw entraError(7000222, [application.appId]);
  }
}
