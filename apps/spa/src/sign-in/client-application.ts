import { PublicClientApplication } from '@azure/msal-browser';
import { loadConfiguration } from '../configuration/load-configuration.ts';
import type { SpaConfiguration } from '../configuration/spa-configuration.ts';

/** MSAL's client of this page, and what the SPA asks of it. */
export interface Client {
  application: PublicClientApplication;
  /** `.default` of the middle tier, so that one consent page covers it and the APIs behind it. */
  scopes: string[];
}

let client: Promise<Client> | undefined;

/**
 * The one client of this page, initialised once, however often React mounts. A failure is not kept.
 *
 * @throws {ConfigurationUnusable} if the environment's configuration cannot be used.
 */
export function getClient(): Promise<Client> {
  client ??= createClient().catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  return client;
}

async function createClient(): Promise<Client> {
  const configuration = await loadConfiguration();
  const application = new PublicClientApplication(msalConfiguration(configuration));
  await application.initialize();
  return { application, scopes: [`${configuration.apiAppIdUri}/.default`] };
}

function msalConfiguration({ clientId, authority, authorityMetadata }: SpaConfiguration) {
  const redirectBridge = `${window.location.origin}/redirect.html`;
  return {
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
  };
}
