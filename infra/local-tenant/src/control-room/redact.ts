import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { isGuid } from '../entra/parameters.ts';

/** Parameters and claims that are recorded with their values. Of all others, only known names are. */
const shownParameters = new Set([
  'admin_consent',
  'claims',
  'client_assertion_type',
  'client_id',
  'client_info',
  'code_challenge_method',
  'grant_type',
  'prompt',
  'redirect_uri',
  'requested_token_use',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'x-client-SKU',
  'x-client-VER',
]);
const removedParameters = new Set([
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_challenge',
  'code_verifier',
  'device_code',
  'flow',
  'login_hint',
  'nonce',
  'password',
  'refresh_token',
  'state',
  'user_code',
]);
const shownClaims = new Set(
  `acct acr acrs amr app_displayname appid appidacr aud auth_time azp azpacr capolids email exp family_name given_name
  groups iat idp idtyp iss name nbf oid preferred_username roles scp sid sub tid unique_name upn uti ver wids xms_cc
  alg kid typ x5t`.split(/\s+/),
);

export const removed = '(removed)';
const longest = 600;
const mostMembers = 60;
const token = /eyJ[\w-]{6,}\.[\w-]{6,}(\.[\w-]*)*/g;

/** Shortens a text, and removes whatever looks like a token from it. */
export function redactText(text: string): string {
  const start = text.slice(0, 4 * longest);
  const shown = start.includes('eyJ') ? start.replace(token, removed) : start;
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}

/** Tells whether a parameter may be recorded. Whoever mistakes a secret for the client ID must not find it here. */
const isShown = (name: string, value: string): boolean =>
  shownParameters.has(name) && (name !== 'client_id' || isGuid(value));

/** Returns the parameters of a request that may be recorded: values by allow-list, and names of known secrets. */
export function redactParameters(parameters: URLSearchParams): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (isShown(name, value)) kept[name] = redactText(value);
    else if (shownParameters.has(name) || removedParameters.has(name)) kept[name] = removed;
  }
  return kept;
}

/** Removes from an error message what it repeats of parameters that are not recorded. */
export function redactMessage(message: string, parameters: URLSearchParams): string {
  const secrets = [...parameters].filter(([name, value]) => value.length > 5 && !isShown(name, value));
  return redactText(secrets.reduce((text, [, value]) => text.replaceAll(value, removed), message));
}

/** A JWT without its signature, and without the values of claims that only their issuer can read. */
export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** The latest tokens by their digest, because most are carried by several messages. */
const decodedTokens = new Map<string, DecodedToken>();
const mostDecodedTokens = 20;

/** Decodes a JWT for the recorder. Does not verify it. Returns `undefined` for anything else. */
export function redactToken(jwt: unknown): DecodedToken | undefined {
  if (typeof jwt !== 'string') return undefined;
  const digest = hash('sha256', jwt);
  const known = decodedTokens.get(digest);
  if (known) return known;
  try {
    const token = {
      header: redactMembers(decodeProtectedHeader(jwt)),
      claims: redactMembers(decodeJwt(jwt)),
    };
    const [oldest] = decodedTokens.keys();
    if (oldest !== undefined && decodedTokens.size >= mostDecodedTokens) decodedTokens.delete(oldest);
    decodedTokens.set(digest, token);
    return token;
  } catch {
    return undefined;
  }
}

function redactMembers(members: object): Record<string, unknown> {
  const shown = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .slice(0, mostMembers);
  return Object.fromEntries(
    shown.map(([name, value]) => [
      redactText(name.slice(0, 60)),
      shownClaims.has(name) ? redactValue(value) : removed,
    ]),
  );
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.slice(0, mostMembers).map((one) => redactText(String(one)));
  return redactText(JSON.stringify(value));
}
