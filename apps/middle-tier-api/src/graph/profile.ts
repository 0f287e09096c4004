import type { AccessToken } from '@obo/access-token';
import type { DownstreamResource } from '@obo/on-behalf-of';
import { answerInvalid, UnexpectedAnswer } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import { z } from 'zod';

const userSchema = z.object({
  displayName: z.string().nullable(),
  jobTitle: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});

/** A person, as the overview shows them. */
export const personSchema = z.object({
  name: z.string(),
  jobTitle: z.string().nullable(),
  mail: z.string().nullable(),
});
export type Person = z.infer<typeof personSchema>;

/** Who is signed in, from Microsoft Graph. */
export const profileSchema = personSchema.extend({
  photo: z.string().nullable().meta({ description: 'A data URL' }),
  manager: personSchema.nullable(),
});
export type Profile = z.infer<typeof profileSchema>;

/** What this API reads from Microsoft Graph. */
export interface Graph {
  /** @throws {Problem} */
  readProfile(token: AccessToken): Promise<Profile>;
  /**
   * The signed-in person's manager, or null if they have none.
   *
   * @throws {Problem} also when Graph does not let us read it: "no manager" is never guessed.
   */
  readManager(token: AccessToken): Promise<Person | null>;
}

/**
 * Source: Microsoft Graph v1.0, "Get a user", "List manager", "Get profilePhoto".
 *
 * @param scopes Graph scopes, each with its resource.
 */
export function createGraph(resource: DownstreamResource, scopes: readonly string[]): Graph {
  async function readMe(token: AccessToken): Promise<Person> {
    const { status, data } = await resource.call(token, scopes, {
      hop: 'graph_me',
      url: '/me',
      params: { $select: personProperties },
    });
    return toPerson(status, data);
  }

  async function readManager(token: AccessToken): Promise<Person | null> {
    const { status, data } = await resource.call(token, scopes, {
      hop: 'graph_manager',
      url: '/me/manager',
      params: { $select: personProperties },
    });
    return status === 404 ? null : toPerson(status, data);
  }

  async function readPhoto(token: AccessToken): Promise<string | null> {
    try {
      const { status, data, headers } = await resource.call(token, scopes, {
        hop: 'graph_photo',
        url: '/me/photos/96x96/$value',
        responseType: 'arraybuffer',
      });
      const type = imageType.exec(String(headers['content-type']))?.[0];
      if (status !== 200 || type === undefined || !Buffer.isBuffer(data)) return null;
      return `data:${type};base64,${data.toString('base64')}`;
    } catch (error) {
      // A profile is whole without its photo.
      requestContext().logger.warn({ error: describeError(error) }, 'photo left out');
      return null;
    }
  }

  return {
    readManager,
    async readProfile(token) {
      const [person, manager, photo] = await Promise.all([
        readMe(token),
        readManager(token),
        readPhoto(token),
      ]);
      return { ...person, photo, manager };
    },
  };
}

const personProperties = 'displayName,jobTitle,mail,userPrincipalName';
const imageType = /^image\/(jpeg|png|gif)/;

function toPerson(status: number, data: unknown): Person {
  const user = userSchema.safeParse(data);
  if (status !== 200 || !user.success) throw answerInvalid('graph', new UnexpectedAnswer(status));
  const { displayName, jobTitle, mail, userPrincipalName } = user.data;
  return { name: displayName ?? userPrincipalName ?? '', jobTitle: jobTitle ?? null, mail: mail ?? null };
}
