import { type Observation, shortest } from './observation.ts';

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
  const texts = new Map<string, 'log' | 'answer'>();
  const pieces = new PrefixIndex(piece);
  const short = new PrefixIndex(shortest);
  for (const observation of observations) {
    if (observation.kind !== 'secret') {
      texts.set(observation.text, observation.kind);
      continue;
    }
    const { name, text } = observation;
    const [, , signature = text] = text.split('.');
    if (signature.length < 2 * piece) short.add(text, name);
    else {
      for (let at = 0; at + piece <= signature.length; at += piece) {
        const part = signature.slice(at, at + piece);
        if (new Set(part).size >= fewestCharacters) pieces.add(part, name);
      }
    }
  }

  const leaks: Leak[] = [];
  for (const [text, where] of texts) {
    const report = (secret: string, index: number): void =>
      void leaks.push({ secret, where, after: text.slice(Math.max(0, index - 200), index) });
    for (const { name, index } of short.search(text)) report(name, index);
    for (const { 0: candidate, index } of text.matchAll(candidates)) {
      const found = readings(candidate).map((reading) =>
        jwt.test(reading) ? 'JWT' : pieces.search(reading).next().value?.name,
      );
      const secret = found.find(Boolean);
      if (secret !== undefined) report(secret, index);
    }
  }
  return leaks;
}

/** Finds many strings in a text at once. A test run has tens of thousands of secrets, and of texts to look for them in. */
class PrefixIndex {
  readonly #length: number;
  readonly #byPrefix = new Map<string, Map<string, string>>();
  /** Hashes of the first four characters of what is in the map: most places in a text need no look-up. */
  readonly #hashes = new Uint8Array(1 << 20);

  /** @param length Characters by which strings are looked up; none is shorter. */
  constructor(length: number) {
    this.#length = length;
  }

  add(text: string, name: string): void {
    const prefix = text.slice(0, this.#length);
    this.#byPrefix.set(prefix, (this.#byPrefix.get(prefix) ?? new Map()).set(text, name));
    this.#hashes[hashAt(text, 0)] = 1;
  }

  *search(text: string): Generator<{ name: string; index: number }, undefined> {
    for (let index = 0; index + this.#length <= text.length; index += 1) {
      if (this.#hashes[hashAt(text, index)] === 0) continue;
      const names = this.#byPrefix.get(text.slice(index, index + this.#length));
      for (const [known, name] of names ?? []) if (text.startsWith(known, index)) yield { name, index };
    }
    return undefined;
  }
}

const hashAt = (text: string, at: number): number =>
  (text.charCodeAt(at) ^
    (text.charCodeAt(at + 1) << 4) ^
    (text.charCodeAt(at + 2) << 8) ^
    (text.charCodeAt(at + 3) << 12)) &
  0xf_ff_ff;

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
