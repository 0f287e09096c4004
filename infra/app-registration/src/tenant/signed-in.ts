import { z } from 'zod';
import type { GraphClient } from './graph-client.ts';
import { GraphRequestError } from './graph-error.ts';

/** Whose tenant it is, and who is signed in to it. */
export interface SignedIn {
  tenant: {
    /** Directory (tenant) ID. */
    id: string;
    displayName: string;
    /** e.g. `contoso.onmicrosoft.com`; `null` where Graph does not show it. */
    defaultDomain: string | null;
  };
  /** `null` when an application is signed in, or Graph does not show the account. */
  account: { displayName: string | null; userPrincipalName: string } | null;
  /** Whether the account may consent for everyone; `null` when it cannot be known without trying. */
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
 * Directory roles that may consent to delegated permissions for everyone, by template id, the same in every tenant
 * ("Grant tenant-wide admin consent to an application"; "Microsoft Entra built-in roles").
 */
const consentingRoles = new Set([
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
]);

/**
 * Reads tenant, account and roles from Graph; never from the token, which is Graph's to read.
 *
 * @throws {GraphRequestError} when not even the tenant is shown.
 */
export async function readSignedIn(graph: GraphClient): Promise<SignedIn> {
  const organization = organizationSchema.parse(
    await graph.get('/organization?$select=id,displayName,verifiedDomains'),
  );
  const [{ id, displayName, verifiedDomains }] = organization.value;
  const account = await ifShown(graph.find('/me?$select=displayName,userPrincipalName'));
  const roles = await ifShown(
    graph.find('/me/memberOf/microsoft.graph.directoryRole?$select=roleTemplateId'),
  );
  return {
    tenant: {
      id,
      displayName,
      defaultDomain: verifiedDomains.find(({ isDefault }) => isDefault)?.name ?? null,
    },
    account: accountSchema.safeParse(account).data ?? null,
    mayConsent: judge(rolesSchema.safeParse(roles).data?.value),
  };
}

function judge(roles: readonly { roleTemplateId: string | null }[] | undefined): boolean | null {
  if (roles?.some(({ roleTemplateId }) => roleTemplateId !== null && consentingRoles.has(roleTemplateId)))
    return true;
  // With few permissions Graph lists the roles and does not name them.
  return roles === undefined || roles.some(({ roleTemplateId }) => roleTemplateId === null) ? null : false;
}

/** What Graph answers, or `null` when it does not show it to this account. */
async function ifShown(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GraphRequestError && (error.status === 400 || error.status === 403)) return null;
    throw error;
  }
}
