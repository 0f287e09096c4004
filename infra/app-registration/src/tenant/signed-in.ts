import { z } from 'zod';
import type { GraphClient } from './graph-client.ts';
import { GraphRequestError } from './graph-error.ts';

/** The tenant, and the account that is signed in to it. */
export interface SignedIn {
  tenant: {
    /** Directory (tenant) ID. */
    id: string;
    displayName: string;
    /** For example `contoso.onmicrosoft.com`; `null` where Graph does not show it. */
    defaultDomain: string | null;
  };
  /** `null` when an application is signed in, or Graph does not show the user. */
  account: { displayName: string | null; userPrincipalName: string } | null;
  /** The account may consent for all users; `null` when only trying would tell. */
  mayConsent: boolean | null;
}

const organizationSchema = z.object({
  value: z.tuple([
    z.object({
      id: z.guid(),
      displayName: z.string(),
      verifiedDomains: z.array(z.object({ name: z.string(), isDefault: z.boolean() })).default([]),
    }),
  ]),
});
const accountSchema = z.object({ displayName: z.string().nullable(), userPrincipalName: z.string() });
const rolesSchema = z.object({
  value: z.array(z.object({ roleTemplateId: z.guid().nullable().default(null) })),
});

/**
 * Directory roles that may consent to delegated permissions for all users, by template ID, the same in every tenant
 * ("Grant tenant-wide admin consent to an application"; "Microsoft Entra built-in roles").
 */
const consentingRoles = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
]);

/**
 * Reads the tenant, the account and its roles from Graph. It does not read the token: only Graph may.
 *
 * @throws {GraphRequestError} when Graph does not show the tenant.
 */
export async function readSignedIn(graph: GraphClient): Promise<SignedIn> {
  const organization = organizationSchema.parse(
    await graph.get('/organization?$select=id,displayName,verifiedDomains'),
  );
  const [{ id, displayName, verifiedDomains }] = organization.value;
  const account = await unlessDenied(graph.find('/me?$select=displayName,userPrincipalName'));
  const roles = await unlessDenied(
    graph.find('/me/memberOf/microsoft.graph.directoryRole?$select=roleTemplateId'),
  );
  return {
    tenant: {
      id,
      displayName,
      defaultDomain: verifiedDomains.find(({ isDefault }) => isDefault)?.name ?? null,
    },
    account: accountSchema.safeParse(account).data ?? null,
    mayConsent: mayConsent(rolesSchema.safeParse(roles).data?.value),
  };
}

function mayConsent(roles: readonly { roleTemplateId: string | null }[] | undefined): boolean | null {
  if (roles?.some(({ roleTemplateId }) => roleTemplateId !== null && consentingRoles.has(roleTemplateId)))
    return true;
  // Without permission to read roles, Graph lists them with null IDs.
  return roles === undefined || roles.some(({ roleTemplateId }) => roleTemplateId === null) ? null : false;
}

/** Returns Graph's answer, or `null` when the account may not see it. */
async function unlessDenied(request: Promise<unknown>): Promise<unknown> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof GraphRequestError && (error.status === 400 || error.status === 403)) return null;
    throw error;
  }
}
