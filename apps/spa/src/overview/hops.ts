import type { OverviewRequest } from './overview-request.ts';
import type { Span } from './server-timing.ts';

/** One call between two services of the chain, and the token that it carried. */
export interface Hop {
  /** The token's name in all pictures. */
  token: 'A' | 'B' | 'C';
  from: string;
  to: string;
  state: 'loading' | 'ok' | 'failed' | 'not_called';
  /** Why it failed, in words; `null` otherwise. */
  failure: string | null;
  /** Whether the hop failed because there was no token to send. */
  withoutToken: boolean;
  /** Milliseconds from the first call to the last response. */
  duration: number | null;
  /** The span that validated or acquired the token. */
  tokenSpan: Span | null;
}

const services = [
  { token: 'B', to: 'Microsoft Graph', spans: 'graph_', section: 'profile' },
  { token: 'C', to: 'Downstream API', spans: 'downstream_', section: 'leave' },
] as const;

/**
 * Derives the hops of a request from its spans: from the user to the middle tier, and from there to each service.
 *
 * @param request `null` while there is none: the hops are loading.
 */
export function hopsOf(request: OverviewRequest | null): Hop[] {
  const spans = request?.spans ?? [];
  const validation = spans.find(({ name }) => name === 'validate_token') ?? null;
  const rejected =
    request !== null && request.failure !== null && !spans.some(({ name }) => isTokenOfService(name));
  const first: Hop = {
    token: 'A',
    from: 'You',
    to: 'Middle tier',
    state: request === null ? 'loading' : rejected ? 'failed' : 'ok',
    failure: rejected ? withSpaces(validation?.failure ?? request.failure ?? '') : null,
    withoutToken: false,
    duration: spans.find(({ name }) => name === 'total')?.duration ?? null,
    tokenSpan: validation,
  };
  return [first, ...services.map((service) => hopTo(service, request))];
}

const isTokenOfService = (name: string) => services.some(({ spans }) => name === `${spans}token`);

function hopTo(
  { token, to, spans: prefix, section }: (typeof services)[number],
  request: OverviewRequest | null,
): Hop {
  const spans = request?.spans.filter(({ name }) => name.startsWith(prefix)) ?? [];
  const tokenSpan = spans.find(({ name }) => name === `${prefix}token`) ?? null;
  const calls = spans.filter((span) => span !== tokenSpan);
  const withoutToken = tokenSpan !== null && tokenSpan.failure !== null;
  const failedSpan = withoutToken
    ? tokenSpan
    : calls.find(({ failure }) => failure !== null && failure !== '404');
  const hasFailed =
    request !== null &&
    (request.sections === null ? failedSpan !== undefined : request.sections[section] !== null);
  let state: Hop['state'] = tokenSpan === null ? 'not_called' : 'ok';
  if (request === null) state = 'loading';
  else if (hasFailed) state = 'failed';
  const failure = hasFailed ? (failedSpan?.failure ?? request.sections?.[section] ?? '') : null;
  return {
    token,
    from: 'Middle tier',
    to,
    state,
    failure: failure === null ? null : describeFailure(failure),
    withoutToken,
    duration: withoutToken ? null : durationOf(calls),
    tokenSpan,
  };
}

/** Milliseconds from the start of the first call to the end of the last one. */
function durationOf(calls: readonly Span[]): number | null {
  if (calls.length === 0) return null;
  const ends = calls.map(({ start, duration }) => (start ?? 0) + (duration ?? 0));
  return Math.max(...ends) - Math.min(...calls.map(({ start }) => start ?? 0));
}

/** Puts the failure of a span into words: the status of a response, or a word such as `consent_required`. */
export const describeFailure = (failure: string): string =>
  /^\d+$/.test(failure) ? `HTTP ${failure}` : withSpaces(failure);

export const withSpaces = (name: string): string => name.replaceAll(/[_-]/g, ' ');

const milliseconds = new Intl.NumberFormat('en-GB', {
  style: 'unit',
  unit: 'millisecond',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Formats milliseconds in one way everywhere: `22.3 ms`. */
export const formatMilliseconds = (duration: number): string => milliseconds.format(duration);

/** Says where a token came from, and how old it is if it is not new. */
export function describeSource({ source, age, renewal }: Span): string {
  if (source === null) return 'source unknown';
  if (source === 'identity_provider') return renewal === 'rejected' ? 'renewed' : 'new';
  const old = age === null ? '' : `, ${formatAge(age)} old`;
  const renewing = renewal === 'background' ? ', being renewed' : '';
  return `${source === 'shared_cache' ? 'from another instance' : 'cached'}${old}${renewing}`;
}

/** @param seconds Since the token was issued. */
export function formatAge(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
