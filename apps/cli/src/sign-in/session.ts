import {
  type AccountInfo,
  type AuthenticationResult,
  InteractionRequiredAuthError,
  type PublicClientApplication,
} from '@azure/msal-node';
import { plain } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Challenge, challengeTexts, requestOf } from './challenge.ts';
import { describeSignInFailure, SignInRequired } from './sign-in-failure.ts';

export interface SessionOptions {
  client: PublicClientApplication;
  /** What tokens are for: `.default` of the middle tier, so that one consent covers it and the APIs behind it. */
  scopes: string[];
  terminal: Terminal;
  /** The user signs in with a code, on another device. */
  useDeviceCode: boolean;
}

/** The user's session: who is signed in, and how to get what a request needs. */
export class Session {
  readonly #options: SessionOptions;
  #hasAsked = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Returns the user that is signed in; `null` if there is none. */
  async account(): Promise<AccountInfo | null> {
    const [account] = await this.#options.client.getAllAccounts();
    return account ?? null;
  }

  /**
   * Acquires an access token for the middle tier: from MSAL's cache, otherwise with the refresh token.
   *
   * @param options.forceRefresh Bypasses the cache, for a token that the API rejected.
   * @throws {SignInRequired} if the user must sign in.
   * @throws {CommandFailed} if the identity provider cannot be reached or rejects the request.
   */
  async acquireAccessToken({ forceRefresh = false } = {}): Promise<string> {
    const { client, scopes } = this.#options;
    const account = await this.account();
    if (account === null) throw new SignInRequired('You are not signed in. Sign in with the command login.');
    try {
      const { accessToken } = await client.acquireTokenSilent({ account, scopes, forceRefresh });
      return accessToken;
    } catch (error) {
      if (!(error instanceof InteractionRequiredAuthError)) throw describeSignInFailure(error);
      throw new SignInRequired('Your session has expired. Sign in again with the command login.', {
        cause: error,
      });
    }
  }

  /** Whether a challenge can be answered: a user is there, and this command has not asked for anything yet. */
  get canAsk(): boolean {
    return this.#options.terminal.isInteractive && !this.#hasAsked;
  }

  /**
   * Answers a challenge with the user's help. Call it only if {@link canAsk}: a challenge that cannot be satisfied would
   * otherwise be shown for ever.
   *
   * @returns The access token with which to repeat the request.
   * @throws {CommandFailed} if the user declines, or signs in as another user.
   */
  async answer(challenge: Challenge): Promise<string> {
    this.#hasAsked = true;
    this.#options.terminal.notify(challengeTexts[challenge.kind]);
    const before = await this.account();
    const { account, accessToken } = await this.#signIn(challenge, before);
    // A request is for the user who made it.
    if (before && account?.homeAccountId !== before.homeAccountId)
      throw new SignInRequired(
        `You signed in as ${account?.username}, but were signed in as ${before.username}. Nothing was sent: run the command again if you mean it.`,
      );
    return accessToken;
  }

  /**
   * Signs a user in, who chooses the account. Tokens of every other user are removed.
   *
   * @throws {CommandFailed} if the sign-in fails.
   */
  async signIn(): Promise<AccountInfo | null> {
    const { account } = await this.#signIn({ kind: 'sign-in' }, null);
    return account;
  }

  async #signIn(challenge: Challenge, user: AccountInfo | null): Promise<AuthenticationResult> {
    const { client, useDeviceCode } = this.#options;
    try {
      const result = await (useDeviceCode
        ? this.#signInWithDeviceCode(challenge)
        : this.#signInWithBrowser(challenge, user));
      for (const other of await client.getAllAccounts())
        if (other.homeAccountId !== result.account?.homeAccountId) await client.signOut({ account: other });
      return result;
    } catch (error) {
      throw describeSignInFailure(error);
    }
  }

  /** The response comes to a free port on the loopback interface (RFC 8252, section 7.3), with PKCE. */
  #signInWithBrowser(challenge: Challenge, user: AccountInfo | null): Promise<AuthenticationResult> {
    const { client, scopes, terminal } = this.#options;
    return client.acquireTokenInteractive({
      scopes,
      ...(user ? { account: user } : { prompt: 'select_account' }),
      ...requestOf(challenge),
      async openBrowser(url) {
        const page = terminal.hasBrowser
          ? 'Continue in your browser. If it did not open, go to:'
          : 'Continue in a browser on this machine. Go to:';
        terminal.notify(`${page}\n  ${url}\nWaiting for your browser … Ctrl-C cancels.`);
        if (terminal.hasBrowser) await terminal.openBrowser(url);
      },
      successTemplate: pageWith('You are signed in', 'Return to the command line. You can close this page.'),
      errorTemplate: pageWith('You are not signed in', 'The command line says why. You can close this page.'),
    });
  }

  async #signInWithDeviceCode(challenge: Challenge): Promise<AuthenticationResult> {
    const { client, scopes, terminal } = this.#options;
    const { prompt: _, ...request } = requestOf(challenge);
    const result = await client.acquireTokenByDeviceCode({
      scopes,
      ...request,
      deviceCodeCallback: ({ verificationUri, userCode }) =>
        terminal.notify(
          `On any device, go to ${plain(verificationUri)}\nand type the code ${plain(userCode)}\nWaiting for your sign-in … Ctrl-C cancels.`,
        ),
    });
    if (result === null) throw new SignInRequired('The identity provider sent no token. Try again.');
    return result;
  }
}

const pageWith = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`;
