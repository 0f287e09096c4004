/**
 * Renders a `WWW-Authenticate` challenge of the Bearer scheme (RFC 6750, section 3). Values are our own texts;
 * quotes and control characters are removed all the same, as the grammar has no place for them.
 */
export function bearerChallenge(parameters: Readonly<Record<string, string>> = {}): string {
  const rendered = Object.entries(parameters).map(
    ([name, value]) => `${name}="${value.replace(/[^\x20-\x7e]|["\\]/g, '')}"`,
  );
  return rendered.length === 0 ? 'Bearer' : `Bearer ${rendered.join(', ')}`;
}
