import { z } from 'zod';
import { describeApps } from '../description.ts';
import { matches } from './compare-settings.ts';
import { microsoftGraphAppId, microsoftGraphScopeIds } from './microsoft-graph-scopes.ts';

/** How two lists differ, by names of their items. */
export interface ListDifference {
  missing: readonly string[];
  unexpected: readonly string[];
  /** In both lists, with other members. */
  different: readonly string[];
}

type Item = [name: string, value: unknown];

/** Names of permissions by ID. The IDs are the same in every tenant. */
const permissionNames: ReadonlyMap<string, string> = new Map([
  [microsoftGraphAppId, 'Microsoft Graph'],
  ...Object.entries(microsoftGraphScopeIds).map(([value, id]) => [id, value] as const),
  ...describeApps({ spaUrls: [] }).flatMap(({ exposedScopes }) =>
    exposedScopes.map(({ id, value }) => [id, value] as const),
  ),
]);

/**
 * Compares two lists of a setting, such as redirect URIs or permissions, item by item.
 *
 * @param appNames Names of apps by application (client) ID.
 * @returns `null` when a value is not a list.
 */
export function listDifference(
  from: unknown,
  to: unknown,
  appNames: ReadonlyMap<string, string> = new Map(),
): ListDifference | null {
  const lists = z.array(itemsIn((id) => appNames.get(id) ?? permissionNames.get(id) ?? id));
  const before = lists.safeParse(from ?? []).data;
  const after = lists.safeParse(to).data;
  if (before === undefined || after === undefined) return null;
  const actual = new Map(before.flat());
  const desired = new Map(after.flat());
  const names = [...desired.keys()];
  return {
    missing: names.filter((name) => !actual.has(name)),
    unexpected: [...actual.keys()].filter((name) => !desired.has(name)),
    different: names.filter((name) => actual.has(name) && !matches(actual.get(name), desired.get(name))),
  };
}

/** Parses a member of a list into named items: one, or one for each permission in it. */
const itemsIn = (nameOf: (id: string) => string) =>
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
