import { readFile } from 'node:fs/promises';
import type { NodeAuthOptions } from '@azure/msal-node';
import { CallFailed, type DependencyState } from '@obo/service-defaults/calls';
import { identityMisconfigured, identityProviderUnavailable } from '../exchange-problems.ts';
import type { ClientCredentialOptions } from './client-credential-variables.ts';
import { readAssertion, readCertificate } from './credential-files.ts';
import { createManagedIdentity } from './managed-identity.ts';

/** What proves to the identity provider that this API is the application it says it is. */
export interface ClientCredential {
  /**
   * The proof as MSAL takes it, for one exchange. Files are read anew: they are replaced while the process runs.
   *
   * @throws {Problem} when it cannot be had; so does MSAL, if that turns out while it asks for an assertion.
   */
  forExchange(): Promise<Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'>>;
  /** Whether it can be had; for the readiness check. */
  ready(): Promise<boolean>;
  /** What is known of the service that it comes from, if it comes from one. */
  dependencies: Readonly<Record<string, () => DependencyState>>;
}

/**
 * Makes the proof of the configured kind: a client secret, an assertion signed with a certificate, or a token of an
 * identity that the registration trusts (RFC 7523, section 2.2; "Workload identity federation").
 *
 * @param times Milliseconds; see {@link createManagedIdentity}.
 */
export function createClientCredential(
  options: ClientCredentialOptions,
  times: { deadline: number; circuitPause?: number | undefined },
): ClientCredential {
  switch (options.kind) {
    case 'secret': {
      const proof = { clientSecret: options.secret };
      return { forExchange: async () => proof, ready: async () => true, dependencies: {} };
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
      const { assertion, state } = createManagedIdentity({ ...options, ...times });
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
