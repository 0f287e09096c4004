import type { Observation } from './observation.ts';

/** A secret that stands where it must not, without the secret. */
export interface Leak {
  /** What kind of secret, such as `client_secret`. */
  secret: string;
  where: 'log' | 'answer';
  /** What stands before it. */
  after: string;
}

/** Characters of which a piece of a secret is made that counts as one. */
const piece = 16;
/** Different characters in a piece that tells something: `AAAAAAAAAAAAAAAA` stands in many a picture. */
const fewestCharacters = 6;
/** What can be part of a token, of base64, or of either percent-encoded. */
const candidates = /[A-Za-z0-9_\-+/=.~%]{16,}/g;
/** Header and payload of a JWT, signed or not. */
const jwt = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/;

/**
 * Looks for secrets, and for pieces of them from 31 characters on, in logs and answers: as they are, percent-encoded,
 * and in base64. Of a JWT its signature is looked for, as claims alone are no secret; besides, whatever looks like a JWT
 * is a leak, known or not.
 */
export function findLeaks(observations: Iterable<Observation>): Leak[] {
  const all = [...observations];
  const pieces = new Map<string, string>();
  const short = new Map<string, string>();
  for (const observation of all) {
    if (observation.kind !== 'secret') continue;
    const { name, text } = observation;
    const [, , signature = text] = text.split('.');
    if (signature.length < 2 * piece) short.set(text, name);
    else {
      for (let at = 0; at + piece <= signature.length; at += piece) {
        const part = signature.slice(at, at + piece);
        if (new Set(part).size >= fewestCharacters) pieces.set(part, name);
      }
    }
  }

  const secretIn = (text: string): string | undefined => {
    if (jwt.test(text)) return 'JWT';
    for (let at = 0; at + piece <= text.length; at += 1) {
      const found = pieces.get(text.slice(at, at + piece));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const leaks: Leak[] = [];
  for (const { kind, text } of all) {
    if (kind === 'secret') continue;
    const tell = (secret: string, index: number): void =>
      void leaks.push({ secret, where: kind, after: text.slice(Math.max(0, index - 200), index) });
    for (const [secret, name] of short) {
      const index = text.indexOf(secret);
      if (index >= 0) tell(name, index);
    }
    for (const match of text.matchAll(candidates)) {
      const found = readings(match[0]).map(secretIn).find(Boolean);
      if (found !== undefined) tell(found, match.index);
    }
  }
  return leaks;
}

/** The text, and what it says if it is percent-encoded or base64. */
function readings(text: string): string[] {
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return [text, ...(text.includes('%') ? [percentDecoded(text)] : []), decoded];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
