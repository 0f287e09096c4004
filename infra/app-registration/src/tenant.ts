import { z } from 'zod';
import type { AppDescription } from './description.ts';
import type { GraphClient } from './graph-client.ts';

/** What the program reads of Graph's `application`; the settings are compared as they came. */
export const applicationSchema = z.looseObject({
  id: z.string(),
  appId: z.guid(),
  tags: z.array(z.string()),
  passwordCredentials: z.array(
    z.object({ keyId: z.guid(), displayName: z.string().nullable(), endDateTime: z.coerce.date() }),
  ),
});
export type RegisteredApp = z.infer<typeof applicationSchema>;

const organizationSchema = z.object({ value: z.tuple([z.object({ id: z.guid() })]).rest(z.unknown()) });
const addedPasswordSchema = z.object({ keyId: z.guid(), secretText: z.string().min(1) });

/** The Directory (tenant) id of the tenant that the token is for. */
export async function readTenantId(graph: GraphClient): Promise<string> {
  const { value } = organizationSchema.parse(await graph.get('/organization?$select=id'));
  return value[0].id;
}

/** Upserts an application by its unique name ("Upsert application"), and returns it. */
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

export async function hasServicePrincipal(graph: GraphClient, { appId }: RegisteredApp): Promise<boolean> {
  return (await graph.find(`/servicePrincipals(appId='${appId}')?$select=id`)) !== null;
}

export async function createServicePrincipal(graph: GraphClient, { appId }: RegisteredApp): Promise<void> {
  await graph.post('/servicePrincipals', { appId });
}

/** Adds a client secret. Its text is in this answer and in no other. */
export async function addPassword(
  graph: GraphClient,
  { id }: RegisteredApp,
  displayName: string,
  endDateTime: Date,
) {
  const body = { passwordCredential: { displayName, endDateTime: endDateTime.toISOString() } };
  return addedPasswordSchema.parse(await graph.post(`/applications/${id}/addPassword`, body));
}

export async function removePassword(
  graph: GraphClient,
  { id }: RegisteredApp,
  keyId: string,
): Promise<void> {
  await graph.post(`/applications/${id}/removePassword`, { keyId });
}

const pathOf = (uniqueName: string) => `/applications(uniqueName='${encodeURIComponent(uniqueName)}')`;
