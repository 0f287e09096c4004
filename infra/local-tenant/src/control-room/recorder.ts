import type { LiveEvents } from './live-events.ts';
import type { DecodedToken } from './redact.ts';

/** What a message was for. */
export type MessageKind =
  | 'authorize'
  | 'sign-in'
  | 'consent'
  | 'token'
  | 'device'
  | 'graph'
  | 'discovery'
  | 'keys'
  | 'sign-out';

/** A token that a message carried. */
export interface CarriedToken extends DecodedToken {
  /** `presented` by the client in the request, `issued` in the response. */
  use: 'presented' | 'issued';
  kind: 'access token' | 'ID token';
  /** Display name of the application that it is for. */
  audience: string | null;
}

/** One request to Entra ID or Microsoft Graph, with its response. Contains no secret. */
export interface Message {
  id: number;
  /** When the request arrived, by the machine's clock (ISO 8601). */
  time: string;
  milliseconds: number;
  kind: MessageKind;
  method: string;
  /** Without the query. */
  path: string;
  /** HTTP status; `null` if the client went away before the response. */
  status: number | null;
  correlationId: string | null;
  /** Trace ID (W3C Trace Context), if the request belongs to a trace. */
  traceId: string | null;
  /** The application that sent the request. Its name is `null` if the tenant does not know it. */
  client: { appId: string; name: string | null } | null;
  /** Display name of the user on whose behalf it was sent. */
  user: string | null;
  /** Display name of the resource. */
  resource: string | null;
  scopes: string[];
  parameters: Record<string, string>;
  /** What was answered, in words. */
  answer: string;
  error: { number?: number; code?: string; text: string; uri?: string | undefined } | null;
  tokens: CarriedToken[];
}

/** Limits of what is kept; the oldest messages are removed first. */
export interface RecordingLimits {
  messages: number;
  /** Characters of JSON. */
  characters: number;
}

export const defaultLimits: RecordingLimits = { messages: 2_000, characters: 4_000_000 };

/** Keeps the latest messages in memory. */
export interface Recorder {
  state(): 'on' | 'paused' | 'off';
  record(message: Omit<Message, 'id'>): void;
  pause(paused: boolean): void;
  clear(): void;
  /**
   * Returns the messages as a JSON array, oldest first.
   *
   * @param correlationId Returns only those with this ID.
   */
  json(correlationId?: string): string;
  /** Number of messages that were removed because of the limits. */
  removed(): number;
}

/** Creates the recorder. Each message, and each change of its state, is published as a live event. */
export function createRecorder(events: LiveEvents, options: RecordingLimits | false): Recorder {
  const kept: { correlationId: string | null; json: string }[] = [];
  let characters = 0;
  let paused = false;
  let removed = 0;
  let nextId = 1;
  const limits = options || { messages: 0, characters: 0 };
  const recorder: Recorder = {
    state: () => (options === false ? 'off' : paused ? 'paused' : 'on'),
    record(message) {
      if (recorder.state() !== 'on') return;
      const json = JSON.stringify({ id: nextId++, ...message });
      kept.push({ correlationId: message.correlationId, json });
      characters += json.length;
      while (kept.length > limits.messages || characters > limits.characters) {
        characters -= kept.shift()?.json.length ?? 0;
        removed++;
      }
      events.publish('message', json);
    },
    pause(pausing) {
      paused = pausing;
      events.publish('recording', { state: recorder.state() });
    },
    clear() {
      kept.length = 0;
      characters = 0;
      removed = 0;
      events.publish('cleared', {});
    },
    json(correlationId) {
      const wanted = kept.filter((one) => correlationId === undefined || one.correlationId === correlationId);
      return `[${wanted.map(({ json }) => json).join(',')}]`;
    },
    removed: () => removed,
  };
  return recorder;
}
