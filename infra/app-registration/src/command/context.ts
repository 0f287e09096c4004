import type { GraphClient } from '../tenant/graph-client.ts';
import type { SignedIn } from '../tenant/signed-in.ts';
import type { Arguments } from './arguments.ts';

/** What a command reads from and writes to, so that it depends on no global. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>;
  stdin: NodeJS.ReadableStream;
  /** A user can read what is printed, and answer questions. */
  isTerminal: boolean;
  /** Prints a line of the result. */
  print(line: string): void;
  /** Prints a line about progress, which is no part of the result. */
  notify(line: string): void;
  /** Asks a yes-or-no question. */
  confirm(question: string): Promise<boolean>;
}

/** What signing in requires of it. */
export type SignInContext = Omit<CommandContext, 'print' | 'confirm'>;

/** How to reach a tenant, local or real, and how to sign in to it. */
export interface TenantConnection {
  kind: 'local' | 'real';
  /** Origin of the identity provider. */
  authorityUrl: string;
  authorityMetadata?: { issuer: string } & Record<string, string>;
  graphBaseUrl: string;
  /** Start of Graph's scopes, where it is not `https://graph.microsoft.com`. */
  graphResource?: string;
  tokenExchangeAudience: string;
  /** Returns an access token for Microsoft Graph. Signs in when it is first called. */
  getToken(): Promise<string>;
  /** Returns the way in which the user signed in; `null` before sign-in. */
  signedInWith(): string | null;
}

/** A run of `register`, after sign-in. */
export interface RegisterContext {
  args: Arguments;
  context: CommandContext;
  tenant: TenantConnection;
  graph: GraphClient;
  signedIn: SignedIn;
  /** Where the environment files are. */
  directory: string;
}

/** `declined`: the user answered no. `differs`: a dry run found changes to make. */
export const exitCodes = { done: 0, declined: 1, differs: 2 } as const;
