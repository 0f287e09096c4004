/**
 * The messages that the page holds: the latest ones, oldest first.
 *
 * @typedef {import('../recorder.ts').Message} Message
 * @typedef {import('../recorder.ts').CarriedToken} CarriedToken
 *
 * @typedef {object} Messages
 * @property {Message[]} all
 * @property {'on' | 'paused' | 'off'} state Whether the tenant records.
 * @property {string | undefined} spa Address of the application to sign in to, if one is registered.
 * @property {string | undefined} problem Why the messages could not be read, for the user.
 */

/** As many as the tenant keeps. */
const most = 2000;

/** @type {WeakMap<import('./room.js').Room, { messages: Messages, listeners: (() => void)[] }>} */
const opened = new WeakMap();

/**
 * Reads the messages, and follows them live.
 *
 * @param {import('./room.js').Room} room
 * @param {() => void} onChange Called after changes, at most once for each frame that the browser paints.
 * @returns {Messages}
 */
export function followMessages(room, onChange) {
  const { messages, listeners } = opened.get(room) ?? open(room);
  listeners.push(onChange);
  return messages;
}

/** @param {import('./room.js').Room} room */
function open(room) {
  /** @type {Messages} */
  const messages = { all: [], state: 'on', spa: undefined, problem: undefined };
  /** @type {(() => void)[]} */
  const listeners = [];
  let isScheduled = false;
  const changed = () => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      for (const listener of listeners) listener();
    });
  };
  const read = async () => {
    try {
      const { recording, messages: recorded } = await room.get('/messages');
      Object.assign(messages, {
        all: recorded,
        state: recording.state,
        spa: recording.spa,
        problem: undefined,
      });
    } catch (error) {
      messages.problem = error instanceof Error ? error.message : String(error);
    }
    changed();
  };
  room.on('connected', read);
  room.on('message', (/** @type {Message} */ message) => {
    if ((messages.all.at(-1)?.id ?? 0) >= message.id) return;
    messages.all.push(message);
    if (messages.all.length > most) messages.all.splice(0, messages.all.length - most);
    changed();
  });
  room.on('cleared', () => {
    messages.all.length = 0;
    changed();
  });
  room.on('recording', ({ state }) => {
    messages.state = state;
    changed();
  });
  const created = { messages, listeners };
  opened.set(room, created);
  read();
  return created;
}

/** @param {Message} message */
export const isExchange = (message) => message.parameters.requested_token_use === 'on_behalf_of';

/**
 * Finds a token that a message carried.
 *
 * @param {Message} message
 * @param {CarriedToken['use']} use
 * @param {CarriedToken['kind']} [kind]
 */
export const tokenIn = (message, use, kind = 'access token') =>
  message.tokens.find((token) => token.use === use && token.kind === kind);
