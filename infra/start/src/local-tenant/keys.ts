import { z } from 'zod';
import type { RegisteredApps } from '../configuration.ts';
import type { Key } from '../keys.ts';

const stateSchema = z.object({ secondFactor: z.object({ required: z.boolean() }) });

/**
 * Creates the keys that use the local tenant's switches.
 *
 * @param tenantUrl Where the local tenant listens.
 */
export function localTenantKeys(tenantUrl: string, { middleTierApi }: RegisteredApps['environments']): Key[] {
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${tenantUrl}/local-tenant${path}`, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => {
      throw new Error('The local tenant does not answer.');
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`The local tenant answers ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  return [
    {
      key: 'k',
      does: 'rotate the signing keys',
      async press() {
        await send('POST', '/signing-keys', {});
        return 'New tokens are signed with a new key, and older tokens stay valid. r removes the other keys.';
      },
    },
    {
      key: 'c',
      does: 'withdraw the consent that the middle-tier API has',
      async press() {
        await send('DELETE', `/consents/${middleTierApi.CLIENT_ID}`, {});
        return 'The middle-tier API has no consent now: sign out and sign in again to see it. Consent on the page to undo it.';
      },
    },
    {
      key: 'm',
      does: 'require multifactor authentication, or no longer',
      async press() {
        const { secondFactor } = stateSchema.parse(await send('GET', '/state'));
        const required = !secondFactor.required;
        await send('PUT', '/second-factor', { required });
        return required
          ? 'Every application requires multifactor authentication now. Press m again to undo it.'
          : 'No application requires multifactor authentication any longer. Press m again to undo it.';
      },
    },
    {
      key: 'r',
      does: 'reset the local tenant: every switch, consent and session',
      async press() {
        await send('POST', '/reset', {});
        return 'Every switch of the local tenant is as at the start. All users are signed out and have to consent again; this cannot be undone.';
      },
    },
  ];
}
