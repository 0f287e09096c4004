/**
 * The claims request of an `insufficient_claims` challenge, as MSAL and `/authorize` want it.
 *
 * @param claims base64 or base64url of JSON in UTF-8.
 * @throws {SyntaxError} if it is not JSON.
 * @throws {DOMException} if it is not base64.
 */
export function decodeClaims(claims: string): string {
  const binary = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
  const text = new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  return JSON.stringify(JSON.parse(text));
}
