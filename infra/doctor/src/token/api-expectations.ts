import { type Authority, accessTokenOptionsOf, accessTokenVariables } from '@obo/access-token/policy';
import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import { apps as all } from '@obo/app-registration/apps';
import { z } from 'zod';

/** An API, and the access tokens that it accepts. */
export interface ApiExpectations {
  name: string;
  authority: Authority;
  clientId: string;
  appIdUri: string;
  allowedClientIds: readonly string[];
  /** A token needs any one of them. */
  scopes: readonly [string, ...string[]];
}

const schema = z.object(accessTokenVariables);

/** Returns what each API expects, if its environment file says so. */
export function apiExpectations(
  apps: readonly AppDescription[],
  environments: Readonly<Partial<Record<AppKey, Environment>>>,
): ApiExpectations[] {
  return apps
    .flatMap(({ key, exposedScopes }): ApiExpectations | ApiExpectations[] => {
      const [first, ...others] = exposedScopes.map(({ value }) => value);
      const variables = schema.safeParse(environments[key]).data;
      if (first === undefined || variables === undefined) return [];
      return {
        name: all.find((app) => app.key === key)?.title ?? key,
        ...accessTokenOptionsOf(variables),
        scopes: [first, ...others],
      };
    })
    .toReversed();
}
