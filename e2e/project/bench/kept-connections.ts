import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { makeAccessToken } from '@obo/access-token/testing';
import { generate } from 'selfsigned';
import { z } from 'zod';
import { createExchange } from '../../../apps/on-behalf-of/src/exchange.ts';
import { answerExchange } from './answering-network.ts';
import { type BenchRow, countRow } from './bench-row.ts';
import { assertionClaims, largeToken, metadataAt, parties } from './large-tokens.ts';
import { createProcessWideClient } from './peer-clients.ts';
import { answerMessages, startProgram } from './program.ts';

const exchanges = 4;
/** Milliseconds between two exchanges: more than the five seconds for which many clients keep a connection. */
const apart = 5_500;
const scopes = ['api://leave/Leave.Read'];
const originsSchema = z.object({ ours: z.url(), peer: z.url() });

/** Counts the TLS connections of exchanges with pauses between them. */
export async function keptConnectionRows(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const ours = await serveTokens({ cert, key });
  const peer = await serveTokens({ cert, key });
  try {
    const trusted = join(directory, 'certificate.pem');
    await writeFile(trusted, cert);
    await using program = startProgram(import.meta.filename, {
      environment: { NODE_EXTRA_CA_CERTS: trusted },
    });
    await program.ask({ ours: ours.origin, peer: peer.origin }, z.null());
    return [
      countRow(
        `TLS connections for ${exchanges} exchanges, ${apart / 1000} s apart, where the server does not say how long it keeps connections`,
        { exactly: 1 },
        ours.connections(),
        `msal-node's own network client: ${peer.connections()}`,
      ),
    ];
  } finally {
    ours.close();
    peer.close();
    await rm(directory, { recursive: true });
  }
}

async function serveTokens(credentials: { cert: string; key: string }) {
  let connections = 0;
  const server = createServer(credentials, async (request, response) => {
    const answer = JSON.stringify(answerExchange(await text(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
  // Then Node sends no `Keep-Alive: timeout`.
  server.keepAliveTimeout = 0;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    origin: `https://localhost:${address.port}`,
    connections: () => connections,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function exchangeNowAndThen(origins: z.output<typeof originsSchema>): Promise<void> {
  const { exchange, close } = createExchange({
    authority: authorityAt(origins.ours),
    clientId: parties.middleTierApi,
    clientCredential: { kind: 'secret', secret: 'a secret' },
    consentScope: '',
    onRevoked: () => {},
    deadline: 3_000,
  });
  const peer = createProcessWideClient({ tokenEndpoint: `${origins.peer}/token` });
  for (let count = 0; count < exchanges; count += 1) {
    if (count > 0) await setTimeout(apart);
    const token = makeAccessToken();
    await exchange(token, scopes);
    await peer(largeToken(assertionClaims(count)), scopes);
  }
  await close();
}

function authorityAt(origin: string) {
  const metadata = metadataAt(origin);
  return {
    url: parties.authority,
    tenantId: parties.tenantId,
    issuer: parties.issuer,
    jwksUri: metadata.jwks_uri,
    metadata,
  };
}

if (import.meta.main) answerMessages((message) => exchangeNowAndThen(originsSchema.parse(message)));
