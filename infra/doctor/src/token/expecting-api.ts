import { type Authority, accessTokenOptionsOf, accessTokenVariables } from '@obo/access-token';
import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import { z } from 'zod';

/** An API, and what it expects of access tokens. */
export interface ExpectingApi {
  name: string;
  authority: Authority;
  clientId: string;
  allowedClientIds: readonly string[];
  /** Any one of them lets a token in. */
  scopes: readonly [string, ...string[]];
}

const schema = z.object(accessTokenVariables);

const names: Readonly<Record<AppKey, string>> = {
  spa: 'single-page application',
  middleTierApi: 'middle-tier API',
  downstreamApi: 'downstream API',
};

/** The APIs, as far as their environment files say what they expect. */
export function expectingApis(
  apps: readonly AppDescription[],
  environments: Readonly<Record<AppKey, Environment>>,
): ExpectingApi[] {
  return apps
    .flatMap(({ key, exposedScopes }): ExpectingApi | ExpectingApi[] => {
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
