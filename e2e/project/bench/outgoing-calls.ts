import http from 'node:http';
import { createHttpClient } from '@obo/service-defaults/calls';
import axios from 'axios';
import { type BenchRow, divide, median, ratioRow } from './bench-row.ts';
import { createBenchIssuer, largeToken } from './large-tokens.ts';
import { startServices } from './overview-load.ts';

const concurrency = 50;
const callsARound = 2_000;
const rounds = 21;
const path = '/v1.0/me';
const params = { $select: 'displayName,jobTitle,mail,userPrincipalName' };

/** Measures the CPU time of a call to another service, for the HTTP client of our APIs and for others. */
export async function outgoingCallRows(): Promise<BenchRow[]> {
  await using services = await startServices({ jwk: createBenchIssuer().jwk });
  const headers = { Authorization: `Bearer ${largeToken({ oid: 'nobody' })}` };
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const ours = createHttpClient({ baseUrl: services.origin, deadline: 3_000 });
  const plain = axios.create({ baseURL: services.origin, httpAgent: agent });
  const calls: Record<'bare' | 'ours' | 'plain', () => Promise<unknown>> = {
    bare: () => bareCall(`${services.origin}${path}?${new URLSearchParams(params)}`, { agent, headers }),
    ours: () => ours.call({ url: path, params, headers }),
    plain: () => plain.get(path, { params, headers }),
  };

  const costs = { bare: [] as number[], ours: [] as number[], plain: [] as number[] };
  for (let round = -5; round < rounds; round += 1) {
    for (const name of ['bare', 'ours', 'plain'] as const) {
      const cost = await cpuOf(calls[name]);
      if (round >= 0) costs[name].push(cost);
    }
  }
  agent.destroy();
  await ours.close();
  const micro = (cost: number): string => `${cost.toFixed(0)} µs`;
  return [
    ratioRow(
      'CPU per outgoing call of our HTTP client (axios, undici) / of bare node:http',
      { atMost: 2.1 },
      costs.ours,
      costs.bare,
      {
        show: micro,
        peers: `axios with a keep-alive agent: ${median(divide(costs.plain, costs.bare)).toFixed(2)} (${micro(median(costs.plain))})`,
      },
    ),
  ];
}

/** Measures this process's microseconds of CPU per call. */
async function cpuOf(call: () => Promise<unknown>): Promise<number> {
  let left = callsARound;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callsARound;
}

const bareCall = (url: string, options: http.RequestOptions): Promise<unknown> =>
  new Promise((resolve, reject) => {
    http
      .get(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      })
      .once('error', reject);
  });
