import { PublicClientApplication } from '@azure/msal-browser';
import type { SpaConfiguration } from '../configuration/configuration-schema.ts';
import { canStoreInTab } from './tab-storage.ts';

/**
 * Creates and initializes MSAL's client, of which the page has one.
 *
 * @throws {AuthError} if the browser lacks what MSAL needs, such as a secure context.
 */
export async function createMsalClient({
  clientId,
  authority,
  authorityMetadata,
}: SpaConfiguration): Promise<PublicClientApplication> {
  const redirectBridge = `${window.location.origin}/redirect.html`;
  const client = new PublicClientApplication({
    auth: {
      clientId,
      authority,
      knownAuthorities: [new URL(authority).host],
      ...(authorityMetadata ? { authorityMetadata: JSON.stringify(authorityMetadata) } : {}),
      redirectUri: redirectBridge,
      postLogoutRedirectUri: redirectBridge,
      // Tells Entra ID that this client answers claims challenges (Continuous Access Evaluation).
      clientCapabilities: ['CP1'],
    },
    // With `memoryStorage` MSAL rejects redirects. With a session storage that throws it would redirect, and lose the response.
    cache: { cacheLocation: canStoreInTab() ? 'sessionStorage' : 'memoryStorage' },
  });
  await client.initialize();
  return client;
}

/** Returns `.default` of the middle tier, so that one consent page covers it and the APIs behind it. */
export const apiScopes = ({ apiAppIdUri }: Pick<SpaConfiguration, 'apiAppIdUri'>): string[] => [
  `${apiAppIdUri}/.default`,
];
