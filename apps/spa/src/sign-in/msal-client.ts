import { PublicClientApplication } from '@azure/msal-browser';
import type { SpaConfiguration } from '../configuration/configuration-schema.ts';

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
    cache: { cacheLocation: 'sessionStorage' },
  });
  await client.initialize();
  return client;
}

/** Returns `.default` of the middle tier, so that one consent page covers it and the APIs behind it. */
export const apiScopes = ({ apiAppIdUri }: Pick<SpaConfiguration, 'apiAppIdUri'>): string[] => [
  `${apiAppIdUri}/.default`,
];
