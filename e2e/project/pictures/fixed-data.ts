import { users } from '@obo/local-tenant';
import type { BrowserContext, Page, Route } from '@playwright/test';
import { z } from 'zod';
import type { Chain } from '../../chain/chain.ts';
import { pictured } from './shifted-clock.ts';

type Timing = readonly [start: number, duration: number];

/** Milliseconds after the start of a request at which a step starts, and how long it lasts. */
const firstRequest: Readonly<Record<string, Timing>> = {
  total: [0, 46.8],
  validate_token: [0.4, 3.2],
  graph_token: [3.9, 24.6],
  graph_me: [28.7, 9.4],
  graph_manager: [28.9, 10.8],
  graph_photo: [29.1, 12.2],
  downstream_token: [4.1, 27.3],
  downstream_balance: [31.6, 11.5],
  downstream_requests: [31.8, 13.9],
};
const laterRequest: typeof firstRequest = {
  total: [0, 9.3],
  validate_token: [0.2, 0.1],
  graph_token: [0.4, 0.1],
  graph_me: [0.6, 5.1],
  graph_manager: [0.7, 6.3],
  graph_photo: [0.8, 7.4],
  downstream_token: [0.5, 0.1],
  downstream_balance: [0.9, 4.8],
  downstream_requests: [1.0, 6.2],
};
const secondsCached = 42;
const messageMilliseconds = { token: 21.4, graph: 5.3, consent: 8.2, authorize: 6.1 } as const;

const messageSchema = z.looseObject({
  time: z.string(),
  milliseconds: z.number(),
  kind: z.string(),
  correlationId: z.nullable(z.string()),
  resource: z.nullable(z.string()),
  path: z.string(),
});
type Message = z.infer<typeof messageSchema>;
const messagesSchema = z.looseObject({ messages: z.array(messageSchema) });
const labSchema = z.looseObject({ current: z.nullable(z.looseObject({ setUpAt: z.string() })) });
const spanSchema = z.looseObject({
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  service: z.string(),
  name: z.string(),
  start: z.number(),
  duration: z.number(),
});
type Span = z.infer<typeof spanSchema>;
/** The response to `GET /local-tenant/traces`. */
export const tracesSchema = z.array(z.looseObject({ spans: z.array(spanSchema) }));

/**
 * Gives the pages of a browser the program's own responses with fixed times: those that differ from run to run would
 * make another picture each time.
 */
export async function fixTimes(context: BrowserContext, chain: Chain, tenantUrl: string): Promise<void> {
  await context.route(`${chain.middleTierUrl}/api/overview`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const response = await route.fetch();
    const timing = fixServerTiming(response.headers()['server-timing'] ?? '');
    await route.fulfill({ response, headers: { ...response.headers(), 'server-timing': timing } });
  });
  const change = (path: string, fix: (content: unknown) => unknown) =>
    context.route(`${tenantUrl}/local-tenant/${path}`, async (route: Route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      await route.fulfill({ response, json: await fix(await response.json()) });
    });
  await change('messages', (content) => {
    const { messages, ...rest } = messagesSchema.parse(content);
    return { ...rest, messages: fixMessages(messages) };
  });
  await change('failure-lab', async (content) => {
    const { current, ...rest } = labSchema.parse(content);
    const recorded = await fetch(`${tenantUrl}/local-tenant/messages`);
    const { messages } = messagesSchema.parse(await recorded.json());
    const before = messages.filter(({ time }) => time < (current?.setUpAt ?? '')).length;
    return { ...rest, current: current && { ...current, setUpAt: timeOf(before - 0.5) } };
  });
  await change('traces', (content) =>
    tracesSchema.parse(content).map((trace, at) => ({ ...trace, spans: fixSpans(trace.spans, at) })),
  );
  // What comes live would have the times of this run.
  await context.addInitScript(() => {
    class OnlyConnects extends EventTarget {
      constructor() {
        super();
        const connected = new MessageEvent('connected', { data: '{"start":"once"}' });
        setTimeout(() => this.dispatchEvent(connected));
      }
      close() {}
    }
    Object.assign(window, { EventSource: OnlyConnects });
  });
}

const timeOf = (message: number): string => new Date(pictured + message * 400).toISOString();

/** Fixes times and durations, and the order of messages that are sent at once. */
function fixMessages(messages: readonly Message[]): Message[] {
  const conversations = Map.groupBy(messages, ({ correlationId }) => correlationId);
  const ordered = new Map(
    [...conversations].map(([id, conversation]) => {
      const isParallel = id !== null && conversation.some(({ kind }) => kind === 'graph');
      return [id, isParallel ? conversation.toSorted(compareParallel) : [...conversation]];
    }),
  );
  return messages.map(({ correlationId }, at) => {
    const next = ordered.get(correlationId)?.shift();
    if (!next) throw new Error('A message is missing');
    const milliseconds = Object.entries(messageMilliseconds).find(([kind]) => kind === next.kind)?.[1] ?? 3.7;
    return { ...next, id: at + 1, time: timeOf(at), milliseconds };
  });
}

const placeOf = ({ kind, resource, path }: Message): string =>
  `${kind === 'token' ? 0 : 1} ${resource === 'Microsoft Graph' ? 0 : 1} ${path}`;
const compareParallel = (one: Message, other: Message): number => placeOf(one).localeCompare(placeOf(other));

function fixServerTiming(header: string): string {
  const isLater = header.includes('desc="cache"');
  const timings = isLater ? laterRequest : firstRequest;
  return header
    .split(/, (?=\w+;)/)
    .map((metric) => {
      const [start, duration] = timings[/^\w+/.exec(metric)?.[0] ?? ''] ?? [1, 1];
      return metric
        .replace(/dur=[\d.]+/, `dur=${duration}`)
        .replace(/start="[\d.]+"/, `start="${start}"`)
        .replace(/age="\d+"/, `age="${isLater ? secondsCached : 1}"`);
    })
    .sort()
    .join(', ');
}

/** Gives each span its time in the picture; one that the middle tier does not time fits into its parent. */
function fixSpans(spans: readonly Span[], at: number): Span[] {
  const isFirst = spans.some(({ name }) => name === 'token_request');
  const timings = isFirst ? firstRequest : laterRequest;
  const begin = pictured + 60_000 * at;
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const [, total = 0] = timings.total ?? [];
  const timingOf = (span: Span): Timing => {
    const parent = byId.get(span.parentSpanId ?? '');
    if (!parent) return [0, total + 4];
    if (span.service === 'middle-tier-api') {
      const known = span.name.startsWith('GET ') ? timings.total : timings[span.name];
      if (known) return [known[0] + 2, known[1]];
    }
    const [start, duration] = timingOf(parent);
    // In the downstream API, the database is asked when the token is validated.
    const [from, to] =
      span.name === 'validate_token' ? [0.1, 0.4] : span.name === 'database' ? [0.5, 0.9] : [0.12, 0.88];
    return [start + from * duration, (to - from) * duration];
  };
  return spans
    .map((span) => {
      const [start, duration] = timingOf(span);
      return { ...span, start: begin + start, duration };
    })
    .sort((one, other) => one.start - other.start || one.name.localeCompare(other.name));
}

const guid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

/** Returns a function that puts fixed IDs and the usual addresses in the places of those of this run, in a page. */
export function createTextFixer(chain: Chain, spaUrl: string, tenantUrl: string) {
  const { spa, middleTierApi, downstreamApi } = chain.environments;
  const addresses: [string, string][] = [
    [spaUrl, 'http://localhost:3000'],
    [chain.middleTierUrl, 'http://localhost:4000'],
    [tenantUrl, 'http://localhost:4400'],
    [new URL(tenantUrl).host, 'localhost:4400'],
    [spa.CLIENT_ID ?? '', '5a7e1c42-0b6d-4f39-8c21-7d9e3b5f1a60'],
    [middleTierApi.CLIENT_ID ?? '', 'b3d2f8a1-64c7-4e05-9a1b-2f8c7d6e5b43'],
    [downstreamApi.CLIENT_ID ?? '', 'd94c0e7f-8a35-4b12-a6f4-1c3e5d7b9f28'],
    [(downstreamApi.CLIENT_ID ?? '').slice(0, 8), 'd94c0e7f'],
  ];
  const kept = [chain.tenant.tenantId, ...users.map(({ id }) => id), ...addresses.map(([, to]) => to)];
  // One for all others: how many there are depends on what has arrived in the background.
  const fixText = (text: string): string =>
    addresses
      .reduce((fixed, [from, to]) => fixed.replaceAll(from, to), text)
      .replaceAll(guid, (id) =>
        kept.includes(id) || id.startsWith('0000') ? id : '1f5a3c7e-2b4d-4f6a-8c1e-3d5f7a9b1c2e',
      );

  return async (page: Page): Promise<void> => {
    const texts = await page.evaluate(() => {
      const nodes: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) nodes.push(walker.currentNode.nodeValue ?? '');
      return nodes;
    });
    const fixed = texts.map(fixText);
    await page.evaluate((values) => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let at = 0; walker.nextNode(); at += 1) {
        const value = values[at];
        if (value !== undefined && value !== walker.currentNode.nodeValue)
          walker.currentNode.nodeValue = value;
      }
    }, fixed);
  };
}
