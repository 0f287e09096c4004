import { type Cloud, clouds } from '../clouds.ts';
import { azureIdentitySources, hasBrowser, signInWays } from '../sign-in/azure-identity.ts';
import { givenToken } from '../sign-in/given-token.ts';
import { createSignIn, type TokenSource } from '../sign-in/token-source.ts';
import type { Arguments } from './arguments.ts';
import type { SignInContext, TenantConnection } from './context.ts';

type Target = Pick<
  Arguments,
  'local' | 'tenant' | 'cloud' | 'authorityUrl' | 'graphUrl' | 'signIn' | 'graphTokenFile'
>;

/**
 * Finds the tenant that the command line names, and the ways to sign in to it.
 *
 * @param localTenantUrl Origin of the local tenant.
 * @throws {LocalTenantUnreachableError} when the local tenant is named and does not answer.
 */
export async function findTenant(
  target: Target,
  localTenantUrl: string,
  context: SignInContext,
): Promise<TenantConnection> {
  // Imported on demand, so that the program works in a fork without a local tenant.
  if (target.local) return (await import('../local-tenant.ts')).connectToLocalTenant(localTenantUrl);
  return connectToRealTenant(target, context);
}

function connectToRealTenant(target: Target, context: SignInContext): TenantConnection {
  const cloud: Cloud = clouds[target.cloud];
  const { authorityUrl = cloud.authorityUrl, graphUrl = cloud.graphUrl } = target;
  // A Graph at plain http is a stand-in: its scopes are those of the cloud's own Graph.
  const graphResource = graphUrl.startsWith('https:') ? graphUrl : cloud.graphUrl;
  const signIn = createSignIn(tokenSourcesFor(target, authorityUrl, graphUrl, context), context.notify);
  return {
    kind: 'real',
    authorityUrl,
    graphBaseUrl: `${graphUrl}/v1.0`,
    ...(graphResource !== clouds.global.graphUrl && { graphResource }),
    tokenExchangeAudience: cloud.tokenExchangeAudience,
    getToken: signIn.getToken,
    signedInWith: signIn.source,
  };
}

function tokenSourcesFor(
  { tenant, graphTokenFile, signIn }: Target,
  authorityUrl: string,
  graphUrl: string,
  { env, stdin, isTerminal, notify }: SignInContext,
): TokenSource[] {
  if (graphTokenFile !== undefined) return [givenToken(graphTokenFile, stdin)];
  const ways = azureIdentitySources({
    tenant,
    authorityUrl,
    graphUrl,
    interactive: isTerminal,
    hasBrowser: hasBrowser(env),
    notify,
  });
  return signIn !== undefined ? [ways[signIn]] : signInWays.map((way) => ways[way]);
}
