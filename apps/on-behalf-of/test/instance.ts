import type { DependencyState } from '@obo/service-defaults/calls';
import { createTestLogger } from '@obo/service-defaults/testing';
import type { KeyRing } from '../src/shared-cache/key-ring.ts';
import { createTokenAcquisition } from '../src/token-acquisition.ts';
import type { OnBehalfOf } from '../src/token-cache.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** What acquires tokens in one instance of the middle tier. */
export interface Instance extends OnBehalfOf {
  /** Forgets a person as after a claims challenge: here, and with all that share. */
  revoke(person: string): void;
  /** What is known of the shared cache. */
  state(): DependencyState | undefined;
  logs: readonly string[];
  close(): Promise<void>;
}

export interface InstanceOptions {
  bytes?: number;
  shared?: { url: string; keys: KeyRing };
  /** Milliseconds for a look-up in the shared cache. */
  deadline?: number;
  circuitPause?: number;
}

/** Makes it as the app does, with that token endpoint for an identity provider. */
export function startInstance(
  { authority }: TokenEndpoint,
  // On a machine that does much else Redis may seem slow, and must not be left alone for it.
  { bytes = 10_000_000, shared, deadline = 10_000, circuitPause = 50 }: InstanceOptions = {},
): Instance {
  const logs: string[] = [];
  const { onBehalfOf, forget, dependencies, close } = createTokenAcquisition({
    authority,
    clientId: 'e3a1c5b7-9d24-4f68-8b0e-7c2d6f1a5e94',
    clientCredential: { kind: 'secret', secret: 'a secret of the middle tier' },
    consentScope: 'api://middle-tier/.default',
    tokenCacheBytes: bytes,
    distributedCache: shared && { ...shared, deadline },
    onForgotten: () => {},
    deadline: 3_000,
    circuitPause,
    logger: createTestLogger('middle-tier-api', logs),
  });
  return { ...onBehalfOf, revoke: forget, state: () => dependencies.shared_token_cache?.(), logs, close };
}
