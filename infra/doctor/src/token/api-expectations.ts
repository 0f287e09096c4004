import { type Authority, accessTokenOptionsOf, accessTokenVariables } from '@obo/access-token/policy';
import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import { forEachApp } from '@obo/app-registration/apps';
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

const names = forEachApp(({ title }) => title);

/** Returns what each API expects, if its environment file says so. */
export function apiExpectations(
  apps: readonly AppDescription[],
  environments: Readonly<Record<AppKey, Environment>>,
): ApiExpectations[] {
  return apps
    .flatMap(({ key, exposedScopes }): ApiExpectations | ApiExpectations[] => {
      const [first, ...others] = exposedScopes.map(({ value }) => value);
      const variables = schema.safeParse(environments[key]).data;
      if (first === undefined || variables === undefined) return [];
      return {
        name: names[key],
        ...accessTokenOptionsOf(variables),
        scopes: [first, ...others],
      };
    })
    .toReversed();
}
