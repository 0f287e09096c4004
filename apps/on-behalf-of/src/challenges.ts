/** A challenge in a 401 response: how the resource wants to be called instead. */
export interface Challenge {
  /** In lower case, such as `bearer`. */
  scheme: string;
  /** By name, in lower case. Where a name occurs twice, the first value counts. */
  parameters: ReadonlyMap<string, string>;
}

const space = /[\s,]*/y;
const scheme = /[!#$%&'*+.^`|~\w-]+(?=[\s,]|$)/y;
/** A credential in place of parameters; only padding may follow an equals sign in it. */
const token68 = /[ \t]+[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
/** Services also send base64 without quotes, so an unquoted value may be more than a token. */
const parameter = /([!#$%&'*+.^`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/y;

/**
 * Parses `WWW-Authenticate`: any number of challenges, parameters with or without quotes, in any order and case.
 *
 * Source: RFC 9110, section 11.6.1, with sections 11.2 (token68), 5.6.4 (quoted strings) and 5.3 (several lines of a
 * header are one list).
 *
 * @param header All lines of the header, joined by commas.
 * @returns the challenges up to the first place that does not match the grammar.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let position = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(header);
    if (match) position = pattern.lastIndex;
    return match;
  };
  for (read(space); position < header.length; read(space)) {
    const current = challenges.at(-1);
    const found = current && read(parameter);
    if (found) {
      const [, name = '', quoted, unquoted = ''] = found;
      const value = quoted?.replace(/\\(.)/g, '$1') ?? unquoted;
      const key = name.toLowerCase();
      if (!current.parameters.has(key)) current.parameters.set(key, value);
      continue;
    }
    const [name] = read(scheme) ?? [];
    if (name === undefined) break;
    challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    read(token68);
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
export const requiredClaims = (header: string): string | undefined =>
  parseChallenges(header)
    .filter(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.get('error') === 'insufficient_claims',
    )
    .map(({ parameters }) => parameters.get('claims') ?? '')
    .find((claims) => /^[A-Za-z0-9+/_-]+=*$/.test(claims));
