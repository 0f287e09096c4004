import { z } from 'zod';
import { describeApps } from '../description.ts';
import { matches } from './compare-settings.ts';
import { microsoftGraphAppId, microsoftGraphScopeIds } from './microsoft-graph-scopes.ts';

/** How one list differs from another, in names. */
export interface ListDifference {
  missing: readonly string[];
  superfluous: readonly string[];
  /** In both, with other members. */
  different: readonly string[];
}

type Item = [name: string, value: unknown];

/** What ids of permissions stand for: they are the same in every tenant. */
const permissions: ReadonlyMap<string, string> = new Map([
  [microsoftGraphAppId, 'Microsoft Graph'],
  ...Object.entries(microsoftGraphScopeIds).map(([value, id]) => [id, value] as const),
  ...describeApps({ spaUrls: [] }).flatMap(({ exposedScopes }) =>
    exposedScopes.map(({ id, value }) => [id, value] as const),
  ),
]);

/**
 * Compares two lists of a setting, such as redirect URIs or permissions, item by item; `null` when one is no list.
 *
 * @param appNames What application ids stand for.
 */
export function listDifference(
  from: unknown,
  to: unknown,
  appNames: ReadonlyMap<string, string> = new Map(),
): ListDifference | null {
  const lists = z.array(membersOf((id) => appNames.get(id) ?? permissions.get(id) ?? id));
  const before = lists.safeParse(from ?? []).data;
  const after = lists.safeParse(to).data;
  if (before === undefined || after === undefined) return null;
  const actual = new Map(before.flat());
  const wanted = new Map(after.flat());
  const has = [...actual.keys()];
  const should = [...wanted.keys()];
  return {
    missing: should.filter((item) => !actual.has(item)),
    superfluous: has.filter((item) => !wanted.has(item)),
    different: should.filter((item) => actual.has(item) && !matches(actual.get(item), wanted.get(item))),
  };
}

/** A member of a list, with the name of each item that it comes to. */
const membersOf = (nameOf: (id: string) => string) =>
  z.union([
    z.string().transform((value): Item[] => [[nameOf(value), value]]),
    z
      .object({ resourceAppId: z.string(), resourceAccess: z.array(z.object({ id: z.string() })) })
      .transform(({ resourceAppId, resourceAccess }) =>
        resourceAccess.map((access): Item => [`${nameOf(resourceAppId)}/${nameOf(access.id)}`, access]),
      ),
    z
      .object({ appId: z.string(), delegatedPermissionIds: z.array(z.string()) })
      .transform(({ appId, delegatedPermissionIds }) =>
        delegatedPermissionIds.map((id): Item => [`${nameOf(appId)}/${nameOf(id)}`, id]),
      ),
    z.looseObject({ value: z.string() }).transform((scope): Item[] => [[scope.value, scope]]),
    z.looseObject({ name: z.string() }).transform((claim): Item[] => [[claim.name, claim]]),
  ]);
