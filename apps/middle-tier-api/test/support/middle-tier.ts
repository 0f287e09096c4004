import { createClientCredential } from '../../src/on-behalf-of/client-credential.ts';
import { createExchange } from '../../src/on-behalf-of/exchange.ts';
import { createOnBehalfOf, type OnBehalfOf } from '../../src/on-behalf-of/token-cache.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** What acquires tokens in one instance of the middle tier. */
export interface Instance extends OnBehalfOf {
  close(): Promise<void>;
}

/** Makes it as the app does, with that token endpoint for an identity provider. */
export function startInstance(endpoint: TokenEndpoint, { bytes = 10_000_000 } = {}): Instance {
  const exchange = createExchange({
    authority: endpoint.authority,
    clientId: 'e3a1c5b7-9d24-4f68-8b0e-7c2d6f1a5e94',
    clientCredential: createClientCredential(
      { kind: 'secret', secret: 'a secret of the middle tier' },
      { deadline: 3_000 },
    ),
    consentScope: 'api://middle-tier/.default',
    onRevoked: (person) => onBehalfOf.forget(person),
    deadline: 3_000,
  });
  const onBehalfOf = createOnBehalfOf(exchange, bytes);
  return { ...onBehalfOf, close: () => exchange.close() };
}
