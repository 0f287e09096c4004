import { z } from 'zod';

/** A key set as the issuer publishes it (RFC 7517, section 5), with the member that Entra adds: `issuer`. */
const keySetSchema = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), issuer: z.string().optional() })),
});
export type KeySet = z.infer<typeof keySetSchema>;

const configurationSchema = z.object({ issuer: z.string(), jwks_uri: z.url() });
const errorSchema = z.object({ error_description: z.string() });

/** An identity provider's response. */
export interface Provider {
  url: string;
  state: 'available' | 'unreachable' | 'error';
  /** Why it is unreachable, or the error that it returns. */
  reason: string;
  configuration: z.infer<typeof configurationSchema> | null;
  /** `null` when they are not available. */
  keys: KeySet | null;
  /** Seconds by which this machine's clock is ahead; `null` when the response has no date. */
  clockAhead: number | null;
}

/** Milliseconds. */
const deadline = 10_000;

/**
 * Reads an identity provider's OpenID configuration and keys.
 *
 * Source: OpenID Connect Discovery 1.0, section 4; RFC 9110, section 6.6.1 (`Date`).
 */
export async function readProvider(url: string, now: () => number = Date.now): Promise<Provider> {
  const nothing = { url, reason: '', configuration: null, keys: null, clockAhead: null };
  const requestedAt = now();
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(deadline) });
    body = await response.json().catch(() => null);
  } catch (error) {
    return { ...nothing, state: 'unreachable', reason: reasonOf(error) };
  }
  const clockAhead = secondsAhead(response.headers.get('date'), (requestedAt + now()) / 2);
  const configuration = configurationSchema.safeParse(body).data;
  if (!response.ok || configuration === undefined) {
    const description = errorSchema.safeParse(body).data?.error_description.split(/\r?\n/, 1)[0];
    return { ...nothing, state: 'error', reason: description ?? `HTTP ${response.status}`, clockAhead };
  }
  const keys = await readKeys(configuration.jwks_uri);
  return { url, state: 'available', reason: '', configuration, keys, clockAhead };
}

async function readKeys(url: string): Promise<KeySet | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(deadline) });
    return keySetSchema.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}

function secondsAhead(date: string | null, own: number): number | null {
  const theirs = Date.parse(date ?? '');
  // The header has whole seconds, which cuts off half a second on average.
  return Number.isNaN(theirs) ? null : Math.round((own - theirs - 500) / 1000);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = Reflect.get(Object(cause), 'code');
  if (typeof code === 'string') return code;
  return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no response';
}
