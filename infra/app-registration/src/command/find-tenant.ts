import { type Cloud, clouds } from '../clouds.ts';
import { azureIdentitySources, hasBrowser, signInWays } from '../sign-in/azure-identity.ts';
import { givenToken } from '../sign-in/given-token.ts';
import { createSignIn, type TokenSource } from '../sign-in/token-source.ts';
import type { Arguments } from './arguments.ts';
import type { SignInSurroundings } from './context.ts';
import type { ReachedTenant } from './reached-tenant.ts';

type Target = Pick<
  Arguments,
  'local' | 'tenant' | 'cloud' | 'authority-url' | 'graph-url' | 'sign-in' | 'graph-token-file'
>;

/**
 * Finds the tenant that the command line means, and the ways to sign in to it.
 *
 * @throws {LocalTenantUnreachableError}
 */
export async function reachTenant(
  target: Target,
  localTenantUrl: string,
  surroundings: SignInSurroundings,
): Promise<ReachedTenant> {
  // Only here, so that the program works where a fork has no local tenant.
  if (target.local) return (await import('./reach-local-tenant.ts')).reachLocalTenant(localTenantUrl);
  return reachRealTenant(target, surroundings);
}

function reachRealTenant(target: Target, { env, stdin, isTerminal, say }: SignInSurroundings): ReachedTenant {
  const cloud: Cloud = clouds[target.cloud];
  const authorityUrl = target['authority-url'] ?? cloud.authorityUrl;
  const graphUrl = target['graph-url'] ?? cloud.graphUrl;
  // What answers over plain http stands in for the cloud's own.
  const graphResource = graphUrl.startsWith('https:') ? graphUrl : cloud.graphUrl;
  const file = target['graph-token-file'];
  const ways = azureIdentitySources({
    tenant: target.tenant,
    authorityUrl,
    graphUrl,
    interactive: isTerminal,
    hasBrowser: hasBrowser(env),
    say,
  });
  const sources: TokenSource[] =
    file !== undefined
      ? [givenToken(file, stdin)]
      : target['sign-in'] !== undefined
        ? [ways[target['sign-in']]]
        : signInWays.map((way) => ways[way]);
  const signIn = createSignIn(sources, say);
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
