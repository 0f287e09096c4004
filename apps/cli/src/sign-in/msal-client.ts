import { type ICachePlugin, PublicClientApplication } from '@azure/msal-node';
import type { Configuration } from '../configuration.ts';

/** Creates MSAL's client: a public one, as every user of the program could read a secret in it. */
export function createMsalClient(
  { clientId, authority, authorityMetadata }: Configuration,
  cachePlugin: ICachePlugin,
): PublicClientApplication {
  return new PublicClientApplication({
    auth: {
      clientId,
      authority,
      knownAuthorities: [new URL(authority).host],
      ...(authorityMetadata && { authorityMetadata: JSON.stringify(authorityMetadata) }),
      // Tells Entra ID that this client answers claims challenges (Continuous Access Evaluation).
      clientCapabilities: ['CP1'],
    },
    cache: { cachePlugin },
  });
}
