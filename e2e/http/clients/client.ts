import { z } from 'zod';
import type { Chain } from '../../chain/chain.ts';

export const priya = 'priya.raman@contoso.example';

/** What a client is documented to tell its user, as an object to match, in every situation of the table. */
export interface Answers {
  'the user declines to consent': object;
  'all is well': object;
  'the access token has expired': object;
  'the consent was withdrawn': object;
  'a policy requires a second factor': object;
  'the user was signed out everywhere': object;
  'the client is not on the allow-list': object;
}

/** A user at a client. What these methods return is what the client tells, also if it fails. */
export interface UserAtClient {
  signIn(consent: 'accept' | 'decline'): Promise<object>;
  readOverview(): Promise<object>;
  /** Does what the latest answer asks of the user. */
  recover(): Promise<void>;
  /** Puts an access token that has expired in the place of the client's. By default, the user signs in for one. */
  expireToken?(): Promise<void>;
  close(): Promise<void>;
}

/** A kind of client. */
export interface Client {
  name: string;
  answers: Answers;
  open(chain: Chain): Promise<UserAtClient>;
}

const challengeSchema = z.object({ leave: z.object({ challenge: z.object({ claims: z.base64() }) }) });

/** Returns the parameters of a sign-in that does what an overview asks of the user: claims, otherwise consent. */
export function signInParametersFor(overview: unknown): Record<string, string> {
  const { data } = challengeSchema.safeParse(overview);
  return data
    ? { claims: Buffer.from(data.leave.challenge.claims, 'base64').toString() }
    : { prompt: 'consent' };
}
