import { z } from 'zod';

/** A key set as the issuer publishes it (RFC 7517, section 5). */
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });
export type KeySet = z.infer<typeof keySetSchema>;

const configurationSchema = z.object({ issuer: z.string(), jwks_uri: z.url() });
const errorSchema = z.object({ error_description: z.string() });

/** What an identity provider answers. */
export interface Provider {
  url: string;
  state: 'answers' | 'unreachable' | 'refuses';
  /** Why it is unreachable, or what it says when it refuses. */
  reason: string;
  configuration: z.infer<typeof configurationSchema> | null;
  /** `null` when they cannot be had. */
  keys: KeySet | null;
  /** Seconds by which this machine is ahead; `null` when the answer has no date. */
  clockAhead: number | null;
}

const deadline = 10_000;

/**
 * Asks an identity provider for its OpenID configuration and its keys.
 *
 * Source: OpenID Connect Discovery 1.0, section 4; RFC 9110, section 6.6.1 (`Date`).
 */
export async function readProvider(url: string, now: () => number = Date.now): Promise<Provider> {
  const nothing = { url, reason: '', configuration: null, keys: null, clockAhead: null };
  const asked = now();
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(deadline) });
    body = await response.json().catch(() => null);
  } catch (error) {
    return { ...nothing, state: 'unreachable', reason: reasonOf(error) };
  }
  const clockAhead = aheadOf(response.headers.get('date'), (asked + now()) / 2);
  const configuration = configurationSchema.safeParse(body).data;
  if (!response.ok || configuration === undefined) {
    const said = errorSchema.safeParse(body).data?.error_description.split(/\r?\n/, 1)[0];
    return { ...nothing, state: 'refuses', reason: said ?? `HTTP ${response.status}`, clockAhead };
  }
  const keys = await readKeys(configuration.jwks_uri);
  return { url, state: 'answers', reason: '', configuration, keys, clockAhead };
}

async function readKeys(url: string): Promise<KeySet | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(deadline) });
    return keySetSchema.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}

function aheadOf(date: string | null, here: number): number | null {
  const there = Date.parse(date ?? '');
  // The header has whole seconds: half a second is what is cut off on average.
  return Number.isNaN(there) ? null : Math.round((here - there - 500) / 1000);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = Reflect.get(Object(cause), 'code');
  if (typeof code === 'string') return code;
  return error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no answer';
}
