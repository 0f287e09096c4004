/** A challenge in a 401 response: how the resource wants to be called instead. */
export interface Challenge {
  /** In lower case, such as `bearer`. */
  scheme: string;
  /** By name, in lower case. Where a name occurs twice, the first value counts. */
  parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^`|~\\w-]+";
/** Services also send base64 without quotes, so an unquoted value may be more than a token. */
const parameter = `(?<name>${token})[ \\t]*=[ \\t]*(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<unquoted>[^\\s",]+))`;
/** A credential in place of parameters; only padding may follow an equals sign in it. */
const token68 = '[ \\t]+[A-Za-z0-9\\-._~+/]+=*(?=[ \\t]*(?:,|$))';
const scheme = `(?<scheme>${token})(?=[\\s,]|$)(?:${token68})?`;
const element = new RegExp(`[\\s,]*(?:${parameter}|${scheme})`, 'gy');

/**
 * Parses `WWW-Authenticate`: any number of challenges, parameters with or without quotes, in any order and case.
 *
 * Source: RFC 9110, section 11.6.1, with sections 11.2 (token68), 5.6.4 (quoted strings) and 5.3 (several lines of a
 * header are one list). It is our own because no package reads what the table of tests for it lists (tried in 2026-11):
 * auth-header 1.0.0, www-authenticate 0.6.3 and http-auth-utils 6.0.1 fail at a second challenge, among others.
 *
 * @param header All lines of the header, joined by commas.
 * @returns the challenges up to the first place that does not match the grammar.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const { groups = {} } of header.matchAll(element)) {
    const { scheme, name = '', quoted, unquoted = '' } = groups;
    const current = challenges.at(-1);
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (!current) break;
    else if (!current.parameters.has(name.toLowerCase()))
      current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? unquoted);
  }
  return challenges;
}

/**
 * Finds the claims request of a well-formed claims challenge (continuous access evaluation).
 * Source: "Claims challenges, claims requests, and client capabilities".
 *
 * @param header As for {@link parseChallenges}.
 * @returns the claims, base64.
 */
export function requiredClaims(header: string): string | undefined {
  for (const { scheme, parameters } of parseChallenges(header)) {
    const claims = parameters.get('claims') ?? '';
    const isClaimsChallenge = scheme === 'bearer' && parameters.get('error') === 'insufficient_claims';
    if (isClaimsChallenge && /^[A-Za-z0-9+/_-]+=*$/.test(claims)) return claims;
  }
  return undefined;
}
