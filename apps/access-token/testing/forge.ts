import { createHmac, createSign, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '@obo/service-defaults/server';
import { exportJWK, type JWTPayload } from 'jose';

export const api = '7d1f7ac6-9b53-4d34-8d11-3c1c9a2f5e10';
export const otherApi = '1b6fa0de-3c55-4c0f-9d6b-0d7f8a9b1c22';
export const client = 'c4e7a1b2-0f4d-4f5b-9a63-8e2d1c7b6a05';
export const tenantId = '8a2b4c6d-1e3f-4a5b-8c7d-9e0f1a2b3c4d';
export const otherTenantId = '2f4e6d8c-0b1a-4938-a7b6-c5d4e3f20110';
export const scope = 'access_as_user';

type Header = Record<string, unknown>;

/** Makes everything that a caller can present as a token: valid tokens, forged tokens, and other bytes. */
export interface Forge {
  jwksUri: string;
  issuer: string;
  now: number;
  /** Header and claims of a token that is accepted. */
  header(changes?: Header): Header;
  claims(changes?: JWTPayload): JWTPayload;
  /** Signed RS256 with the issuer's key. */
  valid(changes?: JWTPayload, header?: Header): string;
  /** Any header and payload text, signed RS256 with the issuer's key. */
  signed(header: string | object, payload: string | object): string;
  signedBy(key: 'rogue' | 'ec' | 'pss' | 'hmac-spki' | 'hmac-pkcs1' | 'hmac-empty', header?: Header): string;
  /** Counts how often the keys were fetched. */
  fetches(): number;
  /** Counts connections to the address in hostile headers. */
  attackerConnections(): number;
  attackerUrl: string;
  /**
   * Chooses the published keys; `replaced` is the rogue key under the ID of the current one.
   *
   * @param changes Members of the keys to change or to add.
   */
  publish(keys: 'current' | 'next' | 'both' | 'replaced' | 'none', changes?: object): void;
  /** Signed with the key that is published as `next`. */
  next(changes?: JWTPayload): string;
  close(): Promise<void>;
}

const base64url = (value: string | object): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const kid = 'A1B2C3D4E5F60718293A4B5C6D7E8F9012345678';
const nextKid = 'FFEEDDCCBBAA99887766554433221100FFEEDDCC';

/** Generating keys takes long, so all forges share them. */
const keys = {
  current: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  next: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  rogue: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

/** Starts an issuer whose tokens, valid or forged, tests choose. */
export async function startForge(): Promise<Forge> {
  const { current, next, rogue, ec } = keys;
  const jwk = async (key: KeyObject, id: string) => ({ ...(await exportJWK(key)), kid: id, use: 'sig' });
  const currentJwk = await jwk(current.publicKey, kid);
  const nextJwk = await jwk(next.publicKey, nextKid);
  const sets = {
    current: [currentJwk],
    next: [nextJwk],
    both: [currentJwk, nextJwk],
    replaced: [await jwk(rogue.publicKey, kid)],
    none: [],
  };
  let published: object[] = sets.current;
  let fetches = 0;
  const server = await listen(
    (_request, response) => {
      fetches += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published }));
    },
    { host: 'localhost', port: 0 },
  );

  let attackerConnections = 0;
  const attacker = createServer((_request, response) => response.end(JSON.stringify({ keys: [] })));
  attacker.on('connection', () => {
    attackerConnections += 1;
  });
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
  const address = attacker.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
  const now = Math.floor(Date.now() / 1000);

  function signed(
    header: string | object,
    payload: string | object,
    key: KeyObject = current.privateKey,
  ): string {
    const input = `${base64url(header)}.${base64url(payload)}`;
    return `${input}.${createSign('RSA-SHA256').update(input).sign(key, 'base64url')}`;
  }

  const forge: Forge = {
    jwksUri: `${server.url}/keys`,
    issuer,
    now,
    header: (changes = {}) => ({ typ: 'JWT', alg: 'RS256', kid, ...changes }),
    claims: (changes = {}) => ({
      aud: api,
      iss: issuer,
      iat: now - 10,
      nbf: now - 10,
      exp: now + 3600,
      azp: client,
      azpacr: '0',
      name: 'Ada Lovelace',
      oid: '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13',
      preferred_username: 'ada@contoso.example',
      scp: scope,
      sub: 'hKpkyWTaTm1ZrCIWlUfJ2KpUqgvzY1cI0kXvJ0m3t8A',
      tid: tenantId,
      uti: 'x',
      ver: '2.0',
      ...changes,
    }),
    valid: (changes, header) => signed(forge.header(header), forge.claims(changes)),
    signed,
    signedBy(how, changes = {}) {
      const claims = forge.claims();
      if (how === 'rogue') return signed(forge.header(changes), claims, rogue.privateKey);
      const algorithm = how === 'ec' ? 'ES256' : how === 'pss' ? 'PS256' : 'HS256';
      const input = `${base64url(forge.header({ alg: algorithm, ...changes }))}.${base64url(claims)}`;
      if (how === 'ec') {
        return `${input}.${signBytes('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
      }
      if (how === 'pss') {
        // 6 is RSA_PKCS1_PSS_PADDING.
        return `${input}.${signBytes('sha256', Buffer.from(input), { key: current.privateKey, padding: 6, saltLength: 32 }).toString('base64url')}`;
      }
      const type = how === 'hmac-pkcs1' ? 'pkcs1' : 'spki';
      const secret = how === 'hmac-empty' ? '' : current.publicKey.export({ type, format: 'pem' });
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    },
    fetches: () => fetches,
    attackerConnections: () => attackerConnections,
    attackerUrl: `http://127.0.0.1:${port}/keys`,
    publish(keys, changes = {}) {
      published = sets[keys].map((key) => ({ ...key, ...changes }));
    },
    next: (changes) => signed(forge.header({ kid: nextKid }), forge.claims(changes), next.privateKey),
    async close() {
      await server.close();
      await new Promise((resolve) => attacker.close(resolve));
    },
  };
  return forge;
}
