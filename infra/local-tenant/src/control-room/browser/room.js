/**
 * What a view gets besides its element.
 *
 * @typedef {object} Room
 * @property {(path: string) => Promise<any>} get Reads JSON from `/local-tenant{path}`.
 * @property {(method: string, path: string, body?: object) => Promise<any>} send Changes something at
 *   `/local-tenant{path}`, and returns the JSON of the response, if any.
 * @property {(name: string, listener: (data: any) => void) => void} on Calls back for each live event with that name.
 *   `connected` comes after each connection: read everything anew, because events may have been missed.
 */

/** Thrown for a response that is an error, with its message for the user. */
export class RoomError extends Error {
  /** @override */
  name = 'RoomError';

  /**
   * @param {string} message
   * @param {number | undefined} status HTTP status; `undefined` if there was no response.
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Connects to the tenant. While the page is hidden there is no connection: browsers allow only six to one server, and
 * forgotten tabs would use them up.
 *
 * @param {(state: 'connected' | 'restarted' | 'disconnected') => void} onState Called when the connection changes.
 * @returns {Room}
 */
export function openRoom(onState) {
  /** @type {Map<string, ((data: any) => void)[]>} */
  const listeners = new Map();
  /** @type {EventSource | undefined} */
  let source;
  /** @type {string | undefined} */
  let start;

  /** @param {string} name */
  const forward = (name) => {
    source?.addEventListener(name, ({ data }) => {
      for (const listener of listeners.get(name) ?? []) listener(JSON.parse(data));
    });
  };
  const connect = () => {
    source?.close();
    source = new EventSource('/local-tenant/events');
    source.addEventListener('connected', ({ data }) => {
      const previous = start;
      start = JSON.parse(data).start;
      onState(previous === undefined || previous === start ? 'connected' : 'restarted');
    });
    source.addEventListener('error', ({ target }) => {
      onState('disconnected');
      // Browsers give up after an answer that is no stream, such as an error of a proxy.
      if (target === source && source.readyState === EventSource.CLOSED) setTimeout(reconnect, 2000, source);
    });
    for (const name of listeners.keys()) forward(name);
  };
  /** @param {EventSource} closed */
  const reconnect = (closed) => {
    if (closed === source && !document.hidden) connect();
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) return connect();
    source?.close();
    source = undefined;
  });
  if (!document.hidden) connect();

  return {
    get: (path) => request('GET', path),
    send: (method, path, body = {}) => request(method, path, body),
    on(name, listener) {
      const known = listeners.get(name);
      if (known) {
        known.push(listener);
        return;
      }
      listeners.set(name, [listener]);
      forward(name);
    },
  };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function request(method, path, body) {
  const response = await fetch(`/local-tenant${path}`, {
    method,
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new RoomError('The local tenant does not answer. Is it running?', undefined);
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const content = isJson ? JSON.parse(text) : undefined;
  if (response.ok) return content;
  throw new RoomError(content?.error_description ?? `Error ${response.status}`, response.status);
}
