import { readFile } from 'node:fs/promises';
import type { NodeAuthOptions } from '@azure/msal-node';
import { CallFailed, type DependencyState } from '@obo/service-defaults/calls';
import { identityMisconfigured, identityProviderUnavailable } from '../exchange-problems.ts';
import type { ClientCredentialOptions } from './client-credential-variables.ts';
import { readAssertion, readCertificate } from './credential-files.ts';
import { createManagedIdentity } from './managed-identity.ts';

/** Proves this API's identity to the identity provider. */
export interface ClientCredential {
  /**
   * Loads the credential for one exchange, in the form of MSAL. Files are read each time, because they are replaced while
   * the process runs.
   *
   * @throws {Problem} if it cannot be loaded; MSAL throws the same problem if that happens in `clientAssertion`.
   */
  forExchange(): Promise<Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'>>;
  /** Readiness check: can the credential be loaded? */
  ready(): Promise<boolean>;
  /** The state of the service that the credential comes from, if there is one. */
  dependencies: Readonly<Record<string, () => DependencyState>>;
}

/**
 * Creates the configured credential: a client secret, an assertion signed with a certificate, or a token for an identity
 * that the registration trusts (RFC 7523, section 2.2; "Workload identity federation").
 *
 * @param timeouts Those of a managed identity's endpoint, in milliseconds.
 */
export function createClientCredential(
  options: ClientCredentialOptions,
  { deadline, circuitPause }: { deadline: number; circuitPause?: number | undefined },
): ClientCredential {
  switch (options.kind) {
    case 'secret': {
      const credential = { clientSecret: options.secret };
      return { forExchange: async () => credential, ready: async () => true, dependencies: {} };
    }
    case 'certificate': {
      const read = async () => readCertificate(await readFile(options.file, 'utf8'));
      return {
        forExchange: async () => ({ clientCertificate: await read().catch(fail) }),
        ready: () => read().then(Boolean),
        dependencies: {},
      };
    }
    case 'token_file': {
      const read = async () => readAssertion(await readFile(options.file, 'utf8'));
      return {
        forExchange: async () => ({ clientAssertion: () => read().catch(fail) }),
        ready: () => read().then(Boolean),
        dependencies: {},
      };
    }
    case 'managed_identity': {
      const { assertion, state } = createManagedIdentity({ ...options, deadline, circuitPause });
      return {
        forExchange: async () => ({ clientAssertion: () => assertion().catch(fail) }),
        ready: () => assertion().then(Boolean),
        dependencies: { managed_identity: state },
      };
    }
  }
}

function fail(error: unknown): never {
  if (error instanceof CallFailed && error.reason !== 'answer_invalid')
    throw identityProviderUnavailable(error, 'managed_identity');
  throw identityMisconfigured(error);
}
