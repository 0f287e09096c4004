import { element, externalLink, fill } from './elements.js';
import { followMessages, isExchange } from './messages.js';

/** @typedef {import('./messages.js').Message} Message */

/** Conversations and messages on the page at once. The saved file has all. */
const mostConversations = 100;
const mostMessages = 200;
/** How messages without a correlation ID are called in the address. */
const background = 'none';

const titles = {
  authorize: 'Authorization request',
  'sign-in': 'Sign-in page',
  consent: 'Consent',
  token: 'Token request',
  device: 'Device code',
  graph: 'Call to Microsoft Graph',
  discovery: 'Discovery document',
  keys: 'Signing keys',
  'sign-out': 'Sign-out',
};
/** @type {Readonly<Record<string, string>>} */
const grants = {
  authorization_code: 'Authorization code redeemed',
  refresh_token: 'Refresh token redeemed',
  client_credentials: 'Token for the application itself',
  device_code: 'Device asks for its token',
  'urn:ietf:params:oauth:grant-type:device_code': 'Device asks for its token',
};

/** @type {import('./control-room.js').View['mount']} */
export function mount(view, room) {
  let chosen = '';
  /** Elements of the messages that are shown, so that what the user opened stays open. @type {Map<number, HTMLElement>} */
  let shown = new Map();
  const problem = element('p', { class: 'error', role: 'alert', hidden: true });
  const state = element('p', { class: 'muted', role: 'status' });
  const pause = element('button', { class: 'button', type: 'button', onclick: () => change('PUT') }, 'Pause');
  const clear = element(
    'button',
    { class: 'button', type: 'button', onclick: () => change('DELETE') },
    'Clear',
  );
  const save = element('a', { class: 'button', href: '/local-tenant/messages/file', download: true }, 'Save');
  const list = element('ul', { class: 'conversations' });
  const detail = element('div', { class: 'detail' });
  const empty = element('div', { class: 'empty', hidden: true });
  const columns = element(
    'div',
    { class: 'columns' },
    element('nav', { 'aria-label': 'Conversations' }, list),
    detail,
  );
  view.append(
    element(
      'p',
      { class: 'lead' },
      'Every message to Entra ID and Microsoft Graph. Messages with the same correlation ID are one conversation.',
    ),
    element('div', { class: 'toolbar' }, pause, clear, save, state),
    problem,
    empty,
    columns,
  );
  const messages = followMessages(room, render);

  /** @param {'PUT' | 'DELETE'} method */
  async function change(method) {
    try {
      if (method === 'DELETE') await room.send('DELETE', '/messages');
      else await room.send('PUT', '/recording', { paused: messages.state === 'on' });
      problem.hidden = true;
    } catch (error) {
      showProblem(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} text */
  function showProblem(text) {
    problem.hidden = false;
    problem.textContent = text;
  }

  function render() {
    if (view.hidden) return;
    if (messages.problem) showProblem(messages.problem);
    else problem.hidden = true;
    const conversations = group(messages.all);
    const [newest] = [...conversations.keys()].filter((id) => id !== background);
    const current = chosen || newest || background;
    const isEmpty = messages.all.length === 0;
    pause.textContent = messages.state === 'paused' ? 'Continue' : 'Pause';
    pause.disabled = messages.state === 'off';
    const recording = { on: '', paused: ' · Recording is paused', off: ' · Recording is off' }[
      messages.state
    ];
    state.textContent = `${messages.all.length} messages${recording}`;
    columns.hidden = isEmpty && !chosen;
    empty.hidden = !columns.hidden;
    fill(empty, ...emptyState(messages.spa));
    fill(
      list,
      ...[...conversations]
        .slice(0, mostConversations)
        .map(([id, conversation]) => summaryItem(id, conversation, id === current)),
    );
    renderDetail(current, conversations.get(current) ?? []);
  }

  /**
   * @param {string} id
   * @param {Message[]} conversation
   */
  function renderDetail(id, conversation) {
    const latest = conversation.slice(-mostMessages);
    shown = new Map(latest.map((message) => [message.id, shown.get(message.id) ?? messageItem(message)]));
    const older = conversation.length - latest.length;
    fill(
      detail,
      element('h2', {}, conversation.length > 0 ? titleOf(id, conversation) : 'No messages'),
      id === background
        ? element('p', { class: 'muted' }, 'These requests came without a correlation ID.')
        : element('p', { class: 'muted' }, 'Correlation ID ', element('code', {}, id)),
      conversation.length === 0 &&
        element(
          'p',
          {},
          'The tenant has no message with this ID. It keeps the latest messages, and forgets them when it stops.',
        ),
      conversation.length > 0 &&
        id !== background &&
        element(
          'p',
          { class: 'links' },
          element('a', { href: `#tokens/${id}` }, 'Compare the tokens'),
          ' ',
          element(
            'a',
            { href: `/local-tenant/messages/file?correlationId=${id}`, download: true },
            'Save this conversation',
          ),
        ),
      older > 0 && element('p', { class: 'muted' }, `${older} older messages are in the saved file.`),
      element('ol', { class: 'messages' }, ...shown.values()),
    );
  }

  return {
    show(parameter) {
      chosen = parameter;
      render();
    },
  };
}

/** @param {string | undefined} spa */
const emptyState = (spa) => [
  element('h2', {}, 'Nothing has been sent yet'),
  spa
    ? element('p', {}, 'Sign in at ', externalLink(spa, spa), ' and watch what is sent here.')
    : element('p', {}, 'Register an application, sign in there, and watch what is sent here.'),
];

/**
 * Groups messages by correlation ID, the conversation with the latest message first, and each in order.
 *
 * @param {readonly Message[]} all
 */
function group(all) {
  /** @type {Map<string, Message[]>} */
  const conversations = new Map();
  for (const message of all) {
    const id = message.correlationId ?? background;
    const conversation = conversations.get(id) ?? [];
    conversation.push(message);
    conversations.delete(id);
    conversations.set(id, conversation);
  }
  return new Map([...conversations].reverse());
}

/**
 * @param {string} id
 * @param {readonly Message[]} conversation
 */
function titleOf(id, conversation) {
  if (id === background) return 'Background';
  const [first] = conversation;
  const user = conversation.find((message) => message.user)?.user;
  const client = conversation.find((message) => message.client)?.client?.name ?? 'Unknown application';
  if (conversation.some(({ kind }) => kind === 'authorize'))
    return user ? `${user} signs in to ${client}` : `Sign-in to ${client}`;
  if (first?.kind === 'sign-out') return 'Sign-out';
  return user ? `${client} for ${user}` : client;
}

/**
 * @param {string} id
 * @param {readonly Message[]} conversation
 * @param {boolean} isCurrent
 */
function summaryItem(id, conversation, isCurrent) {
  const [first] = conversation;
  const errors = conversation.filter(({ error }) => error).length;
  return element(
    'li',
    {},
    element(
      'a',
      { href: `#conversation/${id}`, 'aria-current': isCurrent ? 'true' : undefined },
      element('strong', {}, titleOf(id, conversation)),
      element(
        'span',
        { class: 'muted' },
        `${clock(first?.time)} · ${count(conversation.length, 'message')}`,
        errors > 0 && element('span', { class: 'failed' }, ` · ${count(errors, 'error')}`),
      ),
    ),
  );
}

/** @param {Message} message */
function messageItem(message) {
  const { client, user, resource, scopes, error, tokens } = message;
  return element(
    'li',
    { class: error ? 'message failed' : 'message' },
    element(
      'h3',
      {},
      messageTitle(message),
      element('span', { class: 'muted' }, `${clock(message.time)} · ${message.milliseconds} ms`),
    ),
    element(
      'dl',
      {},
      ...fact('From', client && (client.name ?? `unknown application ${client.appId}`)),
      ...fact('On behalf of', user),
      ...fact('For', resource),
      ...fact('Scopes', scopes.join(' ')),
      ...fact('Request', `${message.method} ${message.path}`),
      ...fact('Response', [message.status, message.answer].filter(Boolean).join(' · ')),
      ...(error ? fact('Error', errorText(error)) : []),
    ),
    Object.keys(message.parameters).length > 0 &&
      element('details', {}, element('summary', {}, 'Parameters'), facts(message.parameters)),
    ...tokens.map(tokenDetails),
  );
}

/** @param {Message} message */
export function messageTitle(message) {
  if (isExchange(message)) return 'Token exchanged on behalf of the user';
  const grant = grants[message.parameters.grant_type ?? ''];
  return message.kind === 'token' && grant ? grant : titles[message.kind];
}

/** @param {NonNullable<Message['error']>} error */
const errorText = ({ number, code, text, uri }) =>
  element(
    'span',
    {},
    number !== undefined && externalLink(`/local-tenant/errors/${number}`, `AADSTS${number}`),
    number !== undefined && ' ',
    code && element('code', {}, code),
    ` ${text} `,
    uri && externalLink(uri, 'Microsoft’s page'),
  );

/** @param {import('./messages.js').CarriedToken} token */
export const tokenDetails = ({ use, kind, audience, header, claims }) =>
  element(
    'details',
    {},
    element('summary', {}, `${kind}${audience ? ` for ${audience}` : ''}, ${use}`),
    element('pre', { tabindex: 0 }, JSON.stringify({ header, claims }, null, 2)),
  );

/**
 * @param {string} name
 * @param {import('./elements.js').Child} value
 */
const fact = (name, value) => (value ? [element('dt', {}, name), element('dd', {}, value)] : []);

/** @param {Readonly<Record<string, string>>} members */
export const facts = (members) =>
  element('dl', {}, ...Object.entries(members).flatMap(([name, value]) => fact(name, value)));

/** @param {string | undefined} time */
const clock = (time) => (time === undefined ? '' : new Date(time).toLocaleTimeString());

/**
 * @param {number} number
 * @param {string} noun
 */
const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
