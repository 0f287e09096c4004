import type { GraphClient } from '../tenant/graph-client.ts';
import type { SignedIn } from '../tenant/signed-in.ts';
import type { Arguments } from './arguments.ts';
import type { Surroundings } from './context.ts';
import type { ReachedTenant } from './reached-tenant.ts';

/** What a run of the program works with, once somebody is signed in. */
export interface Program {
  args: Arguments;
  surroundings: Surroundings;
  tenant: ReachedTenant;
  graph: GraphClient;
  signedIn: SignedIn;
  /** Where the environment files are. */
  directory: string;
}

/** `differs`: a dry run found something. `refused`: the person said no. */
export const exitCodes = { done: 0, refused: 1, differs: 2 } as const;
