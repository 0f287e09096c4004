// Browsers that block site data throw at every use of the session storage. What is stored here makes a return from the
// identity provider pleasanter, so neither signing in nor signing out may fail because of it.

/** Returns the key of what is kept for a user's session. It is removed at sign-out. */
export const sessionKey = (homeAccountId: string): string => `session.${homeAccountId}`;

/** Stores a text for this tab, until it is taken. Does nothing if site data is blocked or the storage is full. */
export function storeInTab(key: string, text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // The user sees less on return.
  }
}

/** Returns a stored text; `null` if there is none or site data is blocked. */
export function readFromTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Removes a stored text and returns it; `null` if there is none or site data is blocked. */
export function takeFromTab(key: string): string | null {
  try {
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return text;
  } catch {
    return null;
  }
}

/** Returns whether this tab can store anything, which a sign-in by redirect requires. */
export function canStoreInTab(): boolean {
  try {
    sessionStorage.setItem('probe', '');
    sessionStorage.removeItem('probe');
    return true;
  } catch {
    return false;
  }
}
