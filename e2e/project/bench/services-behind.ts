import type { RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { listen } from '@obo/service-defaults/server';
import { z } from 'zod';
import { answerExchange } from './answering-network.ts';
import { answerMessages } from './program.ts';

const delaysSchema = z.object({
  graphToken: z.number(),
  graph: z.number(),
  downstreamToken: z.number(),
  downstream: z.number(),
});

const optionsSchema = z.object({
  /** The issuer's public key. */
  jwk: z.looseObject({}),
  /** Milliseconds before each response; none if omitted. */
  delays: delaysSchema.optional(),
});
export type ServicesOptions = z.input<typeof optionsSchema>;

const user = {
  id: '8c1f7a52-6d1e-4c0a-9a57-2f3b5d7e9c11',
  displayName: 'Priya Raman',
  jobTitle: 'Engineer',
  mail: 'priya.raman@contoso.example',
  userPrincipalName: 'priya.raman@contoso.example',
};
const request = {
  id: '3f0a4f3e-5b0e-4a57-9d9f-0b6f1f6c2a10',
  startDate: '2026-12-21',
  endDate: '2026-12-31',
  days: 9,
  note: 'Home for the holidays',
  status: 'approved',
  approver: { name: 'Lukasz Dabrowski', mail: 'lukasz.dabrowski@contoso.example' },
  decision: { decidedAt: '2026-11-03T09:00:00.000Z', note: null },
  createdAt: '2026-11-02T09:00:00.000Z',
};
const json = { 'content-type': 'application/json' };
const photo = Buffer.alloc(4_000, 7);

/** Creates the services behind the middle tier, with constant responses for an overview. */
function answer({ jwk, delays }: z.output<typeof optionsSchema>): RequestListener {
  const answers: Record<string, string> = {
    '/keys': JSON.stringify({ keys: [jwk] }),
    '/v1.0/me': JSON.stringify(user),
    '/v1.0/me/manager': JSON.stringify({ ...user, displayName: 'Lukasz Dabrowski' }),
    '/api/leave-balance': JSON.stringify({
      year: 2026,
      entitlementDays: 30,
      bookedDays: 9,
      remainingDays: 21,
    }),
    '/api/leave-requests': JSON.stringify({ requests: [request, request, request] }),
  };
  const send = (response: ServerResponse, body: string): void => {
    response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  return async (incoming, response) => {
    const [path = ''] = incoming.url?.split('?') ?? [];
    if (path === '/token') {
      const body = await text(incoming);
      const isGraph = body.includes('graph.microsoft.com');
      if (delays) await setTimeout(isGraph ? delays.graphToken : delays.downstreamToken);
      send(response, JSON.stringify(answerExchange(body)));
      return;
    }
    if (delays && path !== '/keys')
      await setTimeout(path.startsWith('/v1.0') ? delays.graph : delays.downstream);
    if (path.startsWith('/v1.0/me/photos'))
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': photo.length }).end(photo);
    else send(response, answers[path] ?? '{}');
  };
}

answerMessages(async (message) => {
  const { port } = await listen(answer(optionsSchema.parse(message)), { host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${port}`;
});
