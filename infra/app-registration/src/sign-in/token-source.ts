import { ExpectedError } from '../expected-error.ts';

/** One way to get an access token for Microsoft Graph. */
export interface TokenSource {
  /** As it is called in messages, e.g. `Azure CLI`. */
  name: string;
  /** Why it cannot work here; it is not tried then. */
  unavailable?: string | undefined;
  /** What to say before it is tried, if the person has to do something. */
  announcement?: string | undefined;
  getToken(): Promise<{ token: string; expiresOnTimestamp: number }>;
}

/** The person signed in with none of the ways that were tried. The message says why of each. */
export class SignInFailed extends ExpectedError {
  override readonly name = 'SignInFailed';
  /** Why, one line for each way that was tried. */
  readonly reasons: readonly string[];

  constructor(message: string, reasons: readonly string[] = [message]) {
    super(message);
    this.reasons = reasons;
  }
}

/** A sign-in that lasts as long as the program. */
export interface SignIn {
  /** An access token for Microsoft Graph; signs in when it is first asked for. */
  getToken(): Promise<string>;
  /** The source that gave it; `null` before. */
  source(): string | null;
}

/** Milliseconds before its end from which a token is replaced. */
const margin = 2 * 60_000;

/**
 * Signs in with the first source that works, and stays with it: nobody is asked for another account half-way.
 *
 * @param sources In the order in which they are tried.
 * @param say Tells the person what is going on.
 */
export function createSignIn(
  sources: readonly TokenSource[],
  say: (line: string) => void,
  now: () => number = Date.now,
): SignIn {
  let chosen: TokenSource | undefined;
  let current: Promise<{ token: string; expiresOnTimestamp: number }> | undefined;
  let expires = 0;

  async function first() {
    const reasons: string[] = [];
    for (const source of sources) {
      if (source.unavailable !== undefined) {
        reasons.push(`  ${source.name}: ${source.unavailable}`);
        continue;
      }
      if (source.announcement !== undefined) say(source.announcement);
      try {
        const answer = await source.getToken();
        chosen = source;
        return answer;
      } catch (error) {
        const reason = firstLine(error);
        reasons.push(`  ${source.name}: ${reason}`);
        if (source.announcement !== undefined) say(`${source.name}: ${reason}`);
      }
    }
    throw new SignInFailed(
      `Nobody could be signed in:\n${reasons.join('\n')}\nSign in with \`az login\`, or take the access token of Graph Explorer: --graph-token-file.`,
      reasons.map((reason) => reason.trim()),
    );
  }

  return {
    async getToken() {
      if (!current || (expires !== 0 && expires - margin <= now())) {
        expires = 0;
        current = (chosen ? chosen.getToken() : first()).then((answer) => {
          expires = answer.expiresOnTimestamp;
          return answer;
        });
        current.catch(() => {
          current = undefined;
        });
      }
      return (await current).token;
    },
    source: () => chosen?.name ?? null,
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
