import type { AccessToken } from '@obo/access-token';
import type { Resource } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import { z } from 'zod';
import { imageUrl } from './profile.ts';

/** How the team page shows a user. Null is what Graph did not tell. */
export const personSchema = z.object({
  name: z.string().nullable(),
  photo: z.string().nullable().meta({ description: 'A data URL' }),
});
type Person = z.infer<typeof personSchema>;

/** Reads users by object ID. A failure of Graph costs their names and photos only; it is logged, never thrown. */
export type ReadPeople = (
  token: AccessToken,
  objectIds: readonly string[],
) => Promise<(objectId: string) => Person>;

/** The most users that one batch has room for: Graph accepts 20 requests in a batch, and each user takes two. */
export const mostPeople = 10;

const batchSchema = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown(),
    }),
  ),
});
type BatchResponse = z.infer<typeof batchSchema>['responses'][number];

const nameSchema = z.object({ displayName: z.string().nullable() });

/**
 * Creates the function that reads names and photos of users from Microsoft Graph v1.0 in one call ("Combine multiple HTTP
 * requests using JSON batching", "Get a user", "Get profilePhoto").
 *
 * @param scopes Graph scopes, each with its resource. `User.ReadBasic.All` is enough.
 */
export function createPeopleReader(graph: Resource, scopes: readonly string[]): ReadPeople {
  async function readBatch(token: AccessToken, objectIds: readonly string[]): Promise<BatchResponse[]> {
    const requests = objectIds.flatMap((id) => [
      { id: `name ${id}`, method: 'GET', url: `/users/${id}?$select=displayName` },
      { id: `photo ${id}`, method: 'GET', url: `/users/${id}/photos/96x96/$value` },
    ]);
    const call = {
      span: 'graph_people',
      method: 'POST',
      url: '/$batch',
      headers: { 'Content-Type': 'application/json' },
      data: { requests },
    };
    const { status, data } = await graph.call(token, scopes, call);
    const batch = batchSchema.safeParse(data);
    if (status !== 200 || !batch.success) throw graph.answerInvalid(status);
    return batch.data.responses;
  }

  return async (token, objectIds) => {
    const different = [...new Set(objectIds)].slice(0, mostPeople);
    let responses: BatchResponse[] = [];
    try {
      if (different.length > 0) responses = await readBatch(token, different);
    } catch (error) {
      const { logger, signal } = requestContext();
      signal.throwIfAborted();
      logger.warn({ error: describeError(error) }, 'names and photos omitted');
    }
    const find = (id: string) => responses.find((response) => response.id === id && response.status === 200);
    return (objectId) => ({
      name: nameSchema.safeParse(find(`name ${objectId}`)?.body).data?.displayName ?? null,
      photo: photoIn(find(`photo ${objectId}`)),
    });
  };
}

/** Reads an image from a batch, where it is base64. */
function photoIn(response: BatchResponse | undefined): string | null {
  const headers = Object.entries(response?.headers ?? {});
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const { data: body } = z
    .string()
    .regex(/^[A-Za-z0-9+/]+=*$/)
    .safeParse(response?.body);
  return body === undefined ? null : imageUrl(contentType, body);
}
