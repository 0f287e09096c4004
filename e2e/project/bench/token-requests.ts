import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { listen } from '@obo/service-defaults/server';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { answerExchange } from './answering-network.ts';
import { type BenchRow, countRow } from './bench-row.ts';
import { assertionClaims, largeToken } from './large-tokens.ts';
import { createClientPerRequest, createProcessWideClient } from './peer-clients.ts';

const priya = 'priya.raman@contoso.example';
const others = ['lukasz.dabrowski@contoso.example', 'amara.okafor@contoso.example'];
const resources = [['https://graph.microsoft.com/User.Read'], ['api://leave/Leave.Read']];

/** Counts requests to the token endpoint, from our middle tier and from one client for the whole process. */
export async function tokenRequestRows(): Promise<BenchRow[]> {
  const chain = await startFaultyChain();
  try {
    const peers = await countOfPeer();
    const concurrent = await concurrentCold(chain);
    return [
      countRow(
        'Token requests for 50 concurrent cold overview requests of one user (two resources)',
        { exactly: 2 },
        concurrent.first,
        `one client for the process: ${peers.concurrent}`,
      ),
      countRow(
        'Token requests of the next overview request',
        { exactly: 0 },
        concurrent.next,
        `a client for each request with a store: ${peers.lost}`,
      ),
      countRow(
        'Token requests for 20 overview requests, alternating between two sessions of one user',
        { exactly: 4 },
        await alternatingSessions(chain),
        `one client for the process: ${peers.alternating}`,
      ),
      ...(await rejectedOthers(chain, peers.rejected)),
    ];
  } finally {
    await chain.close();
  }
}

async function overview(chain: FaultyChain, token: string): Promise<string[]> {
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const sections: Record<string, { state: string }> = await response.json();
  return Object.values(sections).map(({ state }) => state);
}

async function wholeOverview(chain: FaultyChain, token: string): Promise<void> {
  const states = await overview(chain, token);
  if (states.join() !== 'ok,ok') throw new Error(`The overview is not whole: ${states}`);
}

const tokenRequestsOf = ({ proxies }: FaultyChain): number =>
  proxies.identity_provider.requests.filter(({ path }) => path.includes('/token')).length;

async function concurrentCold(chain: FaultyChain): Promise<{ first: number; next: number }> {
  const token = await chain.accessTokenOf(priya);
  chain.endFaults();
  await Promise.all(Array.from({ length: 50 }, () => wholeOverview(chain, token)));
  const first = tokenRequestsOf(chain);
  await wholeOverview(chain, token);
  return { first, next: tokenRequestsOf(chain) - first };
}

async function alternatingSessions(chain: FaultyChain): Promise<number> {
  const sessions = [await chain.accessTokenOf(priya), await chain.accessTokenOf(priya)];
  chain.endFaults();
  for (let sent = 0; sent < 20; sent += 1) await wholeOverview(chain, sessions[sent % 2] ?? '');
  return tokenRequestsOf(chain);
}

/** Counts the other users who get no complete overview while the exchanges of one are rejected. */
async function rejectedOthers(
  chain: FaultyChain,
  peers: Readonly<Record<number, number>>,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const status of [503, 429]) {
    await chain.renewMiddleTier();
    const unlucky = await chain.accessTokenOf(priya);
    const lucky = await Promise.all(others.map((name) => chain.accessTokenOf(name)));
    chain.endFaults();
    chain.proxies.identity_provider.fail(
      { request: ({ response }) => void response.writeHead(status, { 'Retry-After': '60' }).end('{}') },
      ({ body }) => body.includes(unlucky),
    );
    const states = await overview(chain, unlucky);
    if (states.includes('ok')) throw new Error('The exchange was not rejected');
    const rejected = await Promise.all(
      lucky.map(async (token) => (await overview(chain, token)).some((state) => state !== 'ok')),
    );
    rows.push(
      countRow(
        `Other users (of ${others.length}) rejected after the token endpoint returned ${status} for one user`,
        { exactly: 0 },
        rejected.filter(Boolean).length,
        `one client for the process: ${peers[status]}`,
      ),
    );
  }
  return rows;
}

/** Counts the same for one unmodified MSAL client, and a token endpoint that takes 50 ms. */
async function countOfPeer() {
  let requests = 0;
  let unlucky = { oid: '', status: 200 };
  const server = await listen(
    async (request, response) => {
      requests += 1;
      const body = await text(request);
      await setTimeout(50);
      const isUnlucky =
        unlucky.oid !== '' && oidOf(new URLSearchParams(body).get('assertion') ?? '') === unlucky.oid;
      response.writeHead(isUnlucky ? unlucky.status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isUnlucky ? {} : answerExchange(body)));
    },
    { host: 'localhost', port: 0 },
  );
  const makeClient = () => createProcessWideClient({ tokenEndpoint: server.url });
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = requests;
    await work();
    return requests - before;
  };
  /** Lets two exchanges read, change and write one partition at the same time, and then repeats them. */
  const lostUpdate = async (): Promise<number> => {
    const store = new Map<string, string>();
    const client = createClientPerRequest(
      { tokenEndpoint: server.url },
      {
        // The store is on another machine, so each access takes a moment.
        get: (partition) => setTimeout(1, store.get(partition) ?? null),
        set: (partition, content) => setTimeout(1, store.set(partition, content)),
      },
    );
    const token = assertion();
    const both = () => Promise.all(resources.map((scopes) => client(token, scopes)));
    await both();
    return counted(both);
  };
  const assertion = () => largeToken(assertionClaims(1));
  try {
    const client = makeClient();
    const one = assertion();
    const both = (token: string) => Promise.all(resources.map((scopes) => client(token, scopes)));
    const concurrent = await counted(() => Promise.all(Array.from({ length: 50 }, () => both(one))));
    const lost = await lostUpdate();
    const sessions = [assertion(), assertion()];
    const alternating = await counted(async () => {
      for (let sent = 0; sent < 20; sent += 1) await both(sessions[sent % 2] ?? '');
    });
    const rejected: Record<number, number> = {};
    for (const status of [503, 429]) {
      const shared = makeClient();
      unlucky = { oid: assertionClaims(1).oid, status };
      const [scopes = []] = resources;
      await shared(assertion(), scopes).catch(() => {});
      const outcomes = await Promise.allSettled(
        others.map((_name, index) => shared(largeToken(assertionClaims(index + 2)), scopes)),
      );
      rejected[status] = outcomes.filter((outcome) => outcome.status === 'rejected').length;
      unlucky = { oid: '', status: 200 };
    }
    return { concurrent, lost, alternating, rejected };
  } finally {
    await server.close();
  }
}

const oidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).oid;
