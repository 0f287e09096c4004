import type { AccessToken } from '@obo/access-token';
import type { Resource } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import type { AxiosResponse } from 'axios';
import { z } from 'zod';

/** A user as Microsoft Graph returns it. */
const graphUserSchema = z.object({
  id: z.guid(),
  displayName: z.string().nullable(),
  jobTitle: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});

/** Graph's own statement that something does not exist; a 404 without it comes from a proxy, or is another error. */
const notFoundSchema = z.object({ error: z.object({ code: z.literal('Request_ResourceNotFound') }) });

/** A user as the overview shows it. */
const userSchema = z.object({
  objectId: z.guid(),
  name: z.string(),
  jobTitle: z.string().nullable(),
  mail: z.string().nullable(),
});
type User = z.infer<typeof userSchema>;

/** The signed-in user, from Microsoft Graph. */
export const profileSchema = userSchema.extend({
  photo: z.string().nullable().meta({ description: 'A data URL' }),
  manager: userSchema.nullable(),
});
export type Profile = z.infer<typeof profileSchema>;

/** Reads from Microsoft Graph on behalf of the signed-in user. */
export interface GraphClient {
  /** @throws {Problem} if Graph cannot be read; a missing photo is no failure. */
  readProfile(token: AccessToken): Promise<Profile>;
  /**
   * Reads the signed-in user's manager.
   *
   * @returns null if the user has none.
   * @throws {Problem} also if Graph does not state that there is none: "no manager" is never guessed.
   */
  readManager(token: AccessToken): Promise<User | null>;
}

/**
 * Creates a client for Microsoft Graph v1.0: "Get a user", "List manager", "Get profilePhoto".
 *
 * @param scopes Graph scopes, each with its resource.
 */
export function createGraphClient(graph: Resource, scopes: readonly string[]): GraphClient {
  const $select = 'id,displayName,jobTitle,mail,userPrincipalName';

  async function readMe(token: AccessToken): Promise<User> {
    return toUser(await graph.call(token, scopes, { span: 'graph_me', url: '/me', params: { $select } }));
  }

  async function findManager(token: AccessToken): Promise<User | null> {
    const call = { span: 'graph_manager', url: '/me/manager', params: { $select } };
    const response = await graph.call(token, scopes, call);
    if (response.status === 404 && notFoundSchema.safeParse(response.data).success) return null;
    return toUser(response);
  }

  async function readPhoto(token: AccessToken): Promise<string | null> {
    const call = { span: 'graph_photo', url: '/me/photos/96x96/$value' };
    return toDataUrl(await graph.call(token, scopes, { ...call, responseType: 'arraybuffer' }));
  }

  function toUser({ status, data }: AxiosResponse<unknown>): User {
    const user = graphUserSchema.safeParse(data);
    if (status !== 200 || !user.success) throw graph.answerInvalid(status);
    const { id, displayName, jobTitle, mail, userPrincipalName } = user.data;
    const name = displayName ?? userPrincipalName ?? '';
    return { objectId: id, name, jobTitle: jobTitle ?? null, mail: mail ?? null };
  }

  return {
    async readManager(token) {
      const manager = await findManager(token);
      // Graph says the same about a user whom it does not find, so make sure that only the manager is missing.
      if (!manager) await readMe(token);
      return manager;
    },
    async readProfile(token) {
      const photo = Promise.allSettled([readPhoto(token)]);
      const [user, manager] = await Promise.all([readMe(token), findManager(token)]);
      const [read] = await photo;
      if (read.status === 'fulfilled') return { ...user, photo: read.value, manager };
      requestContext().logger.warn({ error: describeError(read.reason) }, 'photo omitted');
      return { ...user, photo: null, manager };
    },
  };
}

/** Accepts images only. */
function toDataUrl({ status, data, headers }: AxiosResponse<unknown>): string | null {
  if (status !== 200 || !Buffer.isBuffer(data)) return null;
  return imageUrl(String(headers['content-type']), data.toString('base64'));
}

/** Writes an image as a data URL; `null` for other content. */
export function imageUrl(contentType: string, base64: string): string | null {
  const [type] = /^image\/(?:jpeg|png|gif)/.exec(contentType) ?? [];
  return type === undefined ? null : `data:${type};base64,${base64}`;
}
