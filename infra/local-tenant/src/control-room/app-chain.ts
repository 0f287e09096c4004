import type { Directory } from '../directory/directory.ts';
import type { Application } from '../directory/schema.ts';

/** The registered applications that call each other, found by their roles. */
export interface AppChain {
  /** A single-page application, which calls the middle tier. */
  spa: Application;
  /** Calls the downstream API on behalf of users. */
  middleTier: Application;
  downstreamApi: Application;
  /** Where the single-page application is, from its redirect URI. */
  spaUrl: string;
}

/** Finds the chain in the registrations. Returns `undefined` if none is complete. */
export function findAppChain({ state }: Directory): AppChain | undefined {
  const { applications } = state;
  const calledBy = ({ requiredResourceAccess }: Application): Application[] =>
    applications.filter(({ appId }) => requiredResourceAccess.some((one) => one.resourceAppId === appId));
  for (const spa of applications) {
    const redirectUri = URL.parse(spa.spa.redirectUris[0] ?? '');
    if (!redirectUri) continue;
    for (const middleTier of calledBy(spa)) {
      const [downstreamApi] = calledBy(middleTier);
      if (downstreamApi) return { spa, middleTier, downstreamApi, spaUrl: redirectUri.origin };
    }
  }
  return undefined;
}
