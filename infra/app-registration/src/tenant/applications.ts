import { z } from 'zod';
import type { AppDescription } from '../description.ts';
import type { GraphClient } from './graph-client.ts';

/** The members of Graph's `application` that are read here. Others are kept as they are, and compared later. */
export const applicationSchema = z.looseObject({
  id: z.string(),
  appId: z.guid(),
  tags: z.array(z.string()),
  passwordCredentials: z.array(
    z.object({
      keyId: z.guid(),
      displayName: z.string().nullable(),
      endDateTime: z.coerce.date(),
      /** The first characters of the secret. */
      hint: z.string().nullish(),
    }),
  ),
  keyCredentials: z.array(
    z.object({
      keyId: z.guid(),
      displayName: z.string().nullable(),
      endDateTime: z.coerce.date(),
      /** The thumbprint, unless another identifier was chosen. */
      customKeyIdentifier: z.string().nullish(),
    }),
  ),
});
export type RegisteredApp = z.infer<typeof applicationSchema>;

/** Loose, as existing certificates are sent back unchanged beside a new one. */
const keyCredentialsSchema = z.object({ keyCredentials: z.array(z.looseObject({ keyId: z.guid() })) });

const organizationSchema = z.object({ value: z.tuple([z.object({ id: z.guid() })]).rest(z.unknown()) });
const identifiedSchema = z.object({ id: z.string() });
const addedPasswordSchema = z.object({ keyId: z.guid(), secretText: z.string().min(1) });

/** Reads the Directory (tenant) ID of the tenant that the token is for. */
export async function readTenantId(graph: GraphClient): Promise<string> {
  const { value } = organizationSchema.parse(await graph.get('/organization?$select=id'));
  return value[0].id;
}

/** Creates an application with a unique name, or updates it ("Upsert application"). */
export async function upsertApplication(
  graph: GraphClient,
  { uniqueName }: AppDescription,
  body: object,
): Promise<RegisteredApp> {
  const created = await graph.patch(pathOf(uniqueName), body, { Prefer: 'create-if-missing' });
  const application = applicationSchema.safeParse(created);
  return application.success
    ? application.data
    : applicationSchema.parse(await graph.get(pathOf(uniqueName)));
}

export async function findApplication(
  graph: GraphClient,
  { uniqueName }: AppDescription,
): Promise<RegisteredApp | null> {
  return applicationSchema.nullable().parse(await graph.find(pathOf(uniqueName)));
}

export async function updateApplication(
  graph: GraphClient,
  { id }: RegisteredApp,
  body: object,
): Promise<void> {
  await graph.patch(`/applications/${id}`, body);
}

/** Returns the object ID of an application's service principal in this tenant, or null when there is none. */
export async function findServicePrincipal(graph: GraphClient, appId: string): Promise<string | null> {
  const found = await graph.find(`/servicePrincipals(appId='${appId}')?$select=id`);
  return identifiedSchema.nullable().parse(found)?.id ?? null;
}

export async function createServicePrincipal(graph: GraphClient, appId: string): Promise<string> {
  return identifiedSchema.parse(await graph.post('/servicePrincipals', { appId })).id;
}

/** Adds a client secret. Graph returns its text this once, so the request is not repeated when it may have succeeded. */
export async function addPassword(
  graph: GraphClient,
  { id }: RegisteredApp,
  displayName: string,
  endDateTime: Date,
) {
  const body = { passwordCredential: { displayName, endDateTime: endDateTime.toISOString() } };
  return addedPasswordSchema.parse(await graph.post(`/applications/${id}/addPassword`, body, { once: true }));
}

export async function removePassword(
  graph: GraphClient,
  { id }: RegisteredApp,
  keyId: string,
): Promise<void> {
  await graph.post(`/applications/${id}/removePassword`, { keyId });
}

/**
 * Removes certificates by key ID, and adds others. Graph returns certificates whole only when this property alone is
 * selected ("keyCredential resource type").
 */
export async function changeCertificates(
  graph: GraphClient,
  { id }: RegisteredApp,
  changes: { remove: ReadonlySet<string>; add: readonly object[] },
): Promise<void> {
  const path = `/applications/${id}`;
  const { keyCredentials } = keyCredentialsSchema.parse(await graph.get(`${path}?$select=keyCredentials`));
  const kept = keyCredentials.filter(({ keyId }) => !changes.remove.has(keyId));
  await graph.patch(path, { keyCredentials: [...kept, ...changes.add] });
}

const pathOf = (uniqueName: string) => `/applications(uniqueName='${encodeURIComponent(uniqueName)}')`;
