/** What an API requires of the user before it can act on their behalf. */
export type Challenge =
  | { kind: 'consent'; scopes: string[] }
  /** `claims` is base64 JSON (Entra: "Claims challenges, claims requests, and client capabilities"). */
  | { kind: 'claims'; claims: string }
  /** With `prompt`, the user signs in even if the identity provider has a session. */
  | { kind: 'sign-in'; prompt?: 'login' };

/** What the user reads before the identity provider's page opens. */
export const challengeTexts = {
  consent: 'Your consent is needed: the command line needs your permission to do this on your behalf.',
  claims: 'Your organization requires you to verify your identity.',
  'sign-in': 'You are not signed in, or your session has expired.',
} satisfies Record<Challenge['kind'], string>;

/** Maps a challenge to the parameters of MSAL's requests. */
export function requestOf(challenge: Challenge): { scopes?: string[]; claims?: string; prompt?: string } {
  switch (challenge.kind) {
    case 'consent':
      return { scopes: challenge.scopes, prompt: 'consent' };
    case 'claims':
      return { claims: decodeClaims(challenge.claims) };
    case 'sign-in':
      return challenge.prompt ? { prompt: challenge.prompt } : {};
  }
}

/**
 * Decodes the claims request of a challenge into the JSON that MSAL and `/authorize` expect.
 *
 * @param claims base64 or base64url of JSON in UTF-8.
 * @throws {SyntaxError} if it is not JSON.
 */
const decodeClaims = (claims: string): string =>
  JSON.stringify(JSON.parse(Buffer.from(claims, 'base64').toString()));
