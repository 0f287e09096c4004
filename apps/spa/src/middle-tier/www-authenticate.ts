/** One challenge of a `WWW-Authenticate` header; scheme and parameter names in lower case. */
export interface AuthenticateChallenge {
  scheme: string;
  parameters: ReadonlyMap<string, string>;
}

const token = String.raw`[!#$%&'*+.^_\x60|~0-9A-Za-z-]+`;
const quotedString = String.raw`"((?:[^"\\]|\\.)*)"`;
const parameter = new RegExp(
  String.raw`^(${token})[ \t]*=[ \t]*(?:${quotedString}|(${token}))(?=[ \t]*(?:,|$))`,
);
const scheme = new RegExp(String.raw`^(${token})(?=[ \t,]|$)`);
const token68 = /^[0-9A-Za-z._~+/-]+=*(?=[ \t]*(?:,|$))/;
const separator = /^[ \t,]+/;

/**
 * Reads a `WWW-Authenticate` header (RFC 9110, sections 11.2 and 11.6.1). A header that does not follow the
 * grammar gives the challenges before the mistake.
 */
export function parseAuthenticateChallenges(header: string): AuthenticateChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = header;
  while (rest !== '') {
    const current = challenges.at(-1);
    const found =
      rest.match(separator) ??
      (current && rest.match(parameter)) ??
      rest.match(scheme) ??
      rest.match(token68);
    if (!found) break;
    const [text, name = '', quoted, bare] = found;
    if (current && (quoted !== undefined || bare !== undefined)) {
      current.parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
    } else if (name !== '') {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
    }
    rest = rest.slice(text.length);
  }
  return challenges;
}

/** The `claims` of a `Bearer error="insufficient_claims"` challenge, still base64; `null` if there is none. */
export function insufficientClaims(header: string | null): string | null {
  const challenge = parseAuthenticateChallenges(header ?? '').find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.get('error') === 'insufficient_claims',
  );
  return challenge?.parameters.get('claims') || null;
}
