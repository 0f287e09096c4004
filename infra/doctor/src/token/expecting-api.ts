import { type Authority, authorityOf, authorityVariables } from '@obo/access-token';
import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import { commaSeparated } from '@obo/service-defaults/configuration';
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

const schema = z.object({
  ...authorityVariables,
  CLIENT_ID: z.guid(),
  ALLOWED_CLIENT_IDS: commaSeparated(z.guid()),
});

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
        authority: authorityOf(variables),
        clientId: variables.CLIENT_ID,
        allowedClientIds: variables.ALLOWED_CLIENT_IDS,
        scopes: [first, ...others],
      };
    })
    .toReversed();
}
