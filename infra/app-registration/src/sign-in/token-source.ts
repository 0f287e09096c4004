import { ExpectedError } from '../expected-error.ts';

/** A way to get an access token for Microsoft Graph. */
export interface TokenSource {
  /** Its name in messages, e.g. `Azure CLI`. */
  name: string;
  /** Why it cannot work here. It is then skipped. */
  unavailable?: string | undefined;
  /** What to tell the user before it is tried, if the user has to act. */
  announcement?: string | undefined;
  getToken(): Promise<Token>;
}

interface Token {
  token: string;
  /** Milliseconds since the epoch. */
  expiresOnTimestamp: number;
}

/** No way to sign in worked. The message gives the reason for each. */
export class SignInFailed extends ExpectedError {
  override readonly name = 'SignInFailed';
  /** One line for each way. */
  readonly reasons: readonly string[];

  constructor(message: string, reasons: readonly string[] = [message]) {
    super(message);
    this.reasons = reasons;
  }
}

/** A sign-in that lasts as long as the program. */
export interface SignIn {
  /** Returns an access token for Microsoft Graph. Signs in when it is first called. */
  getToken(): Promise<string>;
  /** Returns the name of the source in use; `null` before sign-in. */
  source(): string | null;
}

/** Milliseconds before its expiry from which a token is renewed. */
const margin = 2 * 60_000;

/**
 * Creates a sign-in with the first source that works. It keeps to that source, so that the account never changes
 * halfway.
 *
 * @param sources In the order in which they are tried.
 * @param notify Prints a line for the user.
 */
export function createSignIn(
  sources: readonly TokenSource[],
  notify: (line: string) => void,
  now: () => number = Date.now,
): SignIn {
  let chosen: TokenSource | undefined;
  let current: Promise<Token> | undefined;
  let expiresAt = 0;

  async function acquire(): Promise<Token> {
    const { source, token } = chosen
      ? { source: chosen, token: await chosen.getToken() }
      : await signInWithFirst(sources, notify);
    chosen = source;
    expiresAt = token.expiresOnTimestamp;
    return token;
  }

  return {
    async getToken() {
      if (!current || (expiresAt !== 0 && expiresAt - margin <= now())) {
        expiresAt = 0;
        current = acquire();
        current.catch(() => {
          current = undefined;
        });
      }
      return (await current).token;
    },
    source: () => chosen?.name ?? null,
  };
}

async function signInWithFirst(
  sources: readonly TokenSource[],
  notify: (line: string) => void,
): Promise<{ source: TokenSource; token: Token }> {
  const reasons: string[] = [];
  for (const source of sources) {
    const { name, unavailable, announcement } = source;
    if (unavailable !== undefined) {
      reasons.push(`${name}: ${unavailable}`);
      continue;
    }
    if (announcement !== undefined) notify(announcement);
    try {
      return { source, token: await source.getToken() };
    } catch (error) {
      const reason = `${name}: ${firstLine(error)}`;
      reasons.push(reason);
      if (announcement !== undefined) notify(reason);
    }
  }
  const lines = reasons.map((reason) => `  ${reason}`).join('\n');
  throw new SignInFailed(
    `Sign-in failed:\n${lines}\nSign in with \`az login\`, or pass the access token of Graph Explorer with --graph-token-file.`,
    reasons,
  );
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
