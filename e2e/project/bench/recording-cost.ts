import { once } from 'node:events';
import { createServer } from 'node:http';
import { azureCliAppId, createLocalTenant, password, signInOverHttp, users } from '@obo/local-tenant';
import { type BenchRow, ratioRow } from './bench-row.ts';
import { measureCpu } from './cpu-per-request.ts';

const requestsARound = 400;
const rounds = 45;

/**
 * Measures what recording for the control room costs the local tenant: the CPU time of a call to Graph, with recording
 * over without, in alternating rounds. It is the cheapest request that is recorded, so the ratio of others is lower. The
 * figure includes the client, which is in the same process.
 */
export async function recordingCostRows(): Promise<BenchRow[]> {
  const recording = await startTenant({});
  const notRecording = await startTenant(false);
  const over: number[] = [];
  const under: number[] = [];
  for (let round = -3; round < rounds; round += 1) {
    const cost = await recording.round();
    const costWithout = await notRecording.round();
    if (round < 0) continue;
    over.push(cost);
    under.push(costWithout);
  }
  recording.close();
  notRecording.close();
  return [
    ratioRow(
      'Local tenant, CPU of a call to Graph: recording for the control room / not recording',
      { atMost: 1.25 },
      over,
      under,
      { show: (microseconds) => `${microseconds.toFixed(0)} µs` },
    ),
  ];
}

async function startTenant(recording: object | false) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null, recording });
  server.on('request', tenant.app);
  const { access_token } = await signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: azureCliAppId,
    redirectUri: 'http://localhost',
    scopes: ['https://graph.microsoft.com/User.Read'],
    username: users[0]?.mail ?? '',
    password,
  });
  const requests = measureCpu(`${tenant.graphBaseUrl}/me`, requestsARound, {
    Authorization: `Bearer ${access_token}`,
    'x-correlation-id': crypto.randomUUID(),
  });
  return {
    round: requests.round,
    close(): void {
      requests.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
