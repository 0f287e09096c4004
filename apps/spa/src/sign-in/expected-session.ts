/**
 * Remembers, for this tab, that somebody signs in, is signed in, or signs out. It lets the signed-out page
 * paint without loading MSAL to ask. It holds no identity and no token; MSAL alone decides who is signed in.
 */
export type ExpectedSession = 'signing-in' | 'signed-in' | 'signing-out';

const key = 'expected-session';

export function expectedSession(): ExpectedSession | null {
  const value = sessionStorage.getItem(key);
  return value === 'signing-in' || value === 'signed-in' || value === 'signing-out' ? value : null;
}

export function expectSession(session: ExpectedSession): void {
  sessionStorage.setItem(key, session);
}

export function expectNoSession(): void {
  sessionStorage.removeItem(key);
}
