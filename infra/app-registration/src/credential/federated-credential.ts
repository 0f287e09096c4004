import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ExpectedError } from '../expected-error.ts';
import type { RegisteredApp } from '../tenant/applications.ts';
import type { GraphClient } from '../tenant/graph-client.ts';

/** An identity of another issuer that may act as the application. Entra compares its tokens with these strings exactly. */
export interface TrustedIdentity {
  issuer: string;
  subject: string;
  audience: string;
}

/** The tenant has no such managed identity. */
export class NoManagedIdentity extends ExpectedError {
  override readonly name = 'NoManagedIdentity';
}

const servicePrincipalSchema = z.object({ id: z.guid(), appId: z.guid(), servicePrincipalType: z.string() });
const credentialSchema = z.object({
  id: z.string(),
  issuer: z.string(),
  subject: z.string(),
  audiences: z.array(z.string()),
});
type FederatedCredential = z.infer<typeof credentialSchema>;

/**
 * Finds a user-assigned managed identity by either of its IDs, as they are easily mistaken for each other: the
 * application trusts the Object (principal) ID, and gets its tokens by the Client ID.
 *
 * @throws {NoManagedIdentity} when the tenant has none with this ID.
 */
export async function findManagedIdentity(
  graph: GraphClient,
  id: string,
): Promise<{ principalId: string; clientId: string }> {
  const select = '?$select=id,appId,servicePrincipalType';
  const found =
    (await graph.find(`/servicePrincipals/${id}${select}`)) ??
    (await graph.find(`/servicePrincipals(appId='${id}')${select}`));
  const principal = servicePrincipalSchema.safeParse(found).data;
  if (principal?.servicePrincipalType !== 'ManagedIdentity') {
    throw new NoManagedIdentity(
      `${id} is not a managed identity of this tenant. Pass the Object (principal) ID or the Client ID of a user-assigned one in the application's tenant.`,
    );
  }
  return { principalId: principal.id, clientId: principal.appId };
}

export async function readFederatedCredentials(
  graph: GraphClient,
  { id }: RegisteredApp,
): Promise<FederatedCredential[]> {
  return z
    .array(credentialSchema)
    .parse(await graph.list(`/applications/${id}/federatedIdentityCredentials`));
}

/** Finds the credential of an identity, with any audience. */
const credentialOf = (
  credentials: readonly FederatedCredential[],
  { issuer, subject }: TrustedIdentity,
): FederatedCredential | undefined =>
  credentials.find((credential) => credential.issuer === issuer && credential.subject === subject);

export const isTrusted = (
  credentials: readonly FederatedCredential[],
  identity: TrustedIdentity,
): boolean => {
  const { audiences } = credentialOf(credentials, identity) ?? { audiences: [] };
  return audiences.length === 1 && audiences[0] === identity.audience;
};

/** Makes sure that the application trusts the identity. Keeps others that it trusts, e.g. of other environments. */
export async function ensureTrust(
  graph: GraphClient,
  app: RegisteredApp,
  identity: TrustedIdentity,
): Promise<void> {
  const credentials = await readFederatedCredentials(graph, app);
  if (isTrusted(credentials, identity)) return;
  const path = `/applications/${app.id}/federatedIdentityCredentials`;
  const { issuer, subject } = identity;
  const audiences = [identity.audience];
  const existing = credentialOf(credentials, identity);
  if (existing) {
    await graph.patch(`${path}/${existing.id}`, { audiences });
    return;
  }
  const digest = createHash('sha256').update(`${issuer} ${subject}`).digest('hex');
  await graph.post(path, { name: `app-registration-${digest.slice(0, 12)}`, issuer, subject, audiences });
}
