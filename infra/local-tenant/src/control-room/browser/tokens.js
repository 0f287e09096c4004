import { findChain, idOf } from './chain.js';
import { knownClaims, linkTo } from './claims.js';
import { facts } from './conversation.js';
import { element, externalLink, fill } from './elements.js';
import { followMessages, tokenIn } from './messages.js';

/**
 * @typedef {import('./messages.js').Message} Message
 * @typedef {import('./chain.js').Chain} Chain
 * @typedef {import('./chain.js').NamedToken} NamedToken
 */

/** @type {import('./control-room.js').View['mount']} */
export function mount(view, room) {
  /** @type {string | undefined} */
  let correlationId;
  let last = '';
  const content = element('div');
  view.append(
    element(
      'p',
      { class: 'lead' },
      'The SPA gets token A for the middle tier, which exchanges it for one token per API that it calls on behalf of the user.',
    ),
    content,
  );
  const messages = followMessages(room, render);

  function render() {
    if (view.hidden) return;
    const chain = findChain(messages.all, correlationId);
    const ids = chain.tokens.map(({ token }) => idOf(token)).join();
    const current = `${correlationId} ${ids} ${chain.exchanges.map(({ id }) => id).join()} ${carriedBy(messages.all, chain)} ${messages.spa}`;
    // Rebuilding it would scroll the table back.
    if (current === last) return;
    last = current;
    if (chain.tokens.length === 0) return fill(content, ...emptyState(correlationId, messages.spa));
    fill(
      content,
      element(
        'p',
        { class: 'muted' },
        correlationId ? 'Of the conversation ' : 'Of the latest sign-in or exchange. ',
        correlationId && element('a', { href: `#conversation/${correlationId}` }, correlationId),
        correlationId && '. ',
        correlationId && element('a', { href: '#tokens' }, 'Show the latest'),
      ),
      findings(chain.tokens),
      element('h2', {}, 'Claim by claim'),
      claimsTable(chain.tokens),
      element('h2', {}, 'Which message carried which token'),
      carriers(messages.all, chain.tokens),
      element('h2', {}, chain.exchanges.length === 1 ? 'The exchange' : 'The exchanges'),
      chain.exchanges.length === 0 &&
        element('p', {}, 'A has not been exchanged yet. Open the overview in the SPA.'),
      ...chain.exchanges.map((message) => exchangeRequest(message, chain.tokens)),
    );
  }

  return {
    show(parameter) {
      correlationId = parameter || undefined;
      render();
    },
  };
}

/**
 * @param {string | undefined} correlationId
 * @param {string | undefined} spa
 */
const emptyState = (correlationId, spa) => [
  element('h2', {}, 'No tokens yet'),
  correlationId
    ? element(
        'p',
        {},
        'This conversation has no tokens. ',
        element('a', { href: '#tokens' }, 'Show the latest'),
      )
    : element(
        'p',
        {},
        'Sign in at ',
        spa ? externalLink(spa, spa) : 'an application',
        ' and compare its tokens here.',
      ),
];

/**
 * Says what the comparison is about: the audiences differ, the user does not.
 *
 * @param {readonly NamedToken[]} tokens
 */
function findings(tokens) {
  const accessTokens = tokens.filter(({ token }) => token.kind === 'access token');
  const audiences = new Set(accessTokens.map(({ token }) => String(token.claims.aud)));
  const users = new Set(tokens.map(({ token }) => token.claims.oid));
  return element(
    'ul',
    { class: 'findings' },
    ...accessTokens.map(({ name, token }) =>
      element('li', {}, element('strong', {}, name), ` is for ${token.audience ?? token.claims.aud}.`),
    ),
    accessTokens.length > 1 &&
      element(
        'li',
        {},
        audiences.size === accessTokens.length
          ? `The audiences differ: ${accessTokens.map(({ name }) => `${name}.aud`).join(' ≠ ')}.`
          : 'Some of the audiences are the same.',
      ),
    tokens.length > 1 &&
      element(
        'li',
        {},
        users.size === 1 ? 'The user is the same in all of them: ' : 'The users differ: ',
        element('code', {}, [...users].join(', ')),
        '.',
      ),
  );
}

/** @param {readonly NamedToken[]} tokens */
function claimsTable(tokens) {
  const known = new Set(knownClaims.flatMap(({ names }) => names));
  const others = new Set(
    tokens.flatMap(({ token }) => Object.keys(token.claims)).filter((name) => !known.has(name)),
  );
  const claims = [...knownClaims, ...[...others].map((name) => ({ names: [name], meaning: '' }))];
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Claims of the tokens' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'Claim'),
          ...tokens.map(({ name, token }) =>
            element(
              'th',
              { scope: 'col' },
              name,
              element('small', {}, token.audience ? ` for ${token.audience}` : ''),
            ),
          ),
        ),
      ),
      element('tbody', {}, ...claims.map((claim) => claimRow(claim, tokens))),
    ),
  );
}

/**
 * @param {import('./claims.js').Claim} claim
 * @param {readonly NamedToken[]} tokens
 */
function claimRow(claim, tokens) {
  const values = tokens.map(({ token }) => shownValue(claim, token));
  const present = values.filter((value) => value !== undefined);
  if (present.length === 0 && !claim.why) return null;
  const isSame = present.length > 1 && new Set(present).size === 1;
  const verdict = present.includes(removed)
    ? 'not shown'
    : (['in none', 'in one token'][present.length] ?? (isSame ? 'the same' : 'differs'));
  return element(
    'tr',
    { class: isSame ? 'same' : 'differs', 'data-claim': claim.names[0] },
    element(
      'th',
      { scope: 'row' },
      element('code', {}, claim.names.join(' / ')),
      element('span', { class: 'verdict' }, verdict),
      claim.meaning &&
        element(
          'small',
          {},
          ...withCode(`${claim.meaning} ${claim.why ?? ''}`),
          ' ',
          externalLink(linkTo(claim), `Microsoft on ${claim.names[0]}`),
        ),
    ),
    ...values.map((value) =>
      element(
        'td',
        {},
        ...(value === undefined ? [element('span', { class: 'muted' }, 'not in it')] : breakable(value)),
      ),
    ),
  );
}

/** Lets a URL break between its parts, and not inside a word. @param {string} text */
const breakable = (text) =>
  URL.canParse(text) ? text.split(/(?<=[./])(?!\/)/).flatMap((part) => [part, element('wbr')]) : [text];

/** What the tenant puts in the place of a value that it does not record. */
const removed = '(removed)';

/** Creates elements for what is between backticks. @param {string} text */
const withCode = (text) =>
  text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));

/**
 * @param {import('./claims.js').Claim} claim
 * @param {import('./messages.js').CarriedToken} token
 */
function shownValue({ names }, { claims }) {
  const name = names.find((one) => claims[one] !== undefined);
  const value = name === undefined ? undefined : claims[name];
  if (value === undefined) return undefined;
  if (name === 'exp' || name === 'iat' || name === 'nbf') return `${value} (${localTime(value)})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @param {unknown} seconds Since 1970. */
function localTime(seconds) {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toLocaleTimeString();
}

/**
 * @param {readonly Message[]} all
 * @param {Chain} chain
 */
const carriedBy = (all, { tokens }) =>
  tokens.map(({ token }) => all.filter((message) => carries(message, token)).length).join();

/**
 * @param {Message} message
 * @param {import('./messages.js').CarriedToken} token
 */
const carries = (message, token) =>
  message.tokens.some(
    (one) => one.use === 'presented' && idOf(one) !== undefined && idOf(one) === idOf(token),
  );

/** The API calls with a token that are listed. */
const mostCalls = 5;

/**
 * @param {readonly Message[]} all
 * @param {readonly NamedToken[]} tokens
 */
function carriers(all, tokens) {
  return element(
    'dl',
    { class: 'carriers' },
    ...tokens.flatMap(({ name, token, issuedBy }) => {
      const carrying = all.filter((message) => carries(message, token));
      const isForTenant = token.audience === 'Microsoft Graph' || name === 'A' || name === 'ID token';
      return [
        element('dt', {}, name),
        element(
          'dd',
          {},
          'Issued ',
          issuedBy ? byMessage(issuedBy) : 'earlier, by a message that is no longer here',
          '. ',
          name === 'ID token' && 'It stays in the SPA, to show who signed in.',
          name === 'A' && 'The SPA sends it to the middle tier with each request. ',
          ...carrying.slice(-mostCalls).flatMap((message) => ['Presented ', byMessage(message, token), '. ']),
          !isForTenant &&
            `The middle tier sends it to ${token.audience ?? 'the API'}, not through the tenant.`,
        ),
      ];
    }),
  );
}

/**
 * @param {Message} message
 * @param {import('./messages.js').CarriedToken} [token]
 */
function byMessage(message, token) {
  const text =
    message.kind === 'graph'
      ? `in ${message.method} ${message.path}`
      : token
        ? `as the assertion of the exchange for ${message.resource ?? 'an API'}`
        : `to ${message.client?.name ?? 'the application'} in a ${message.parameters.grant_type === 'authorization_code' ? 'code' : 'token'} response`;
  return element('a', { href: `#conversation/${message.correlationId ?? 'none'}` }, text);
}

/** What the parameters of an exchange are for. @type {Readonly<Record<string, string>>} */
const purposes = {
  grant_type: 'the assertion is a JWT (RFC 7523)',
  requested_token_use: 'the token is to be used on behalf of the user',
  assertion: 'token A',
  client_id: 'the middle tier',
  client_secret: 'proves that the middle tier sends it',
  client_assertion:
    'proves that the middle tier sends it, signed with its certificate or a federated credential',
  client_assertion_type: 'the proof is a JWT',
  scope: 'what the new token is for',
  claims: 'what the middle tier says it can handle, and claims that an API demanded',
};

/**
 * @param {Message} message
 * @param {readonly NamedToken[]} tokens
 */
function exchangeRequest(message, tokens) {
  const issued = tokens.find(
    ({ token }) => idOf(token) !== undefined && idOf(token) === idOf(tokenIn(message, 'issued')),
  );
  const parameters = Object.entries(message.parameters).map(([name, value]) => {
    const purpose = purposes[name];
    return [name, purpose ? `${value} — ${purpose}` : value];
  });
  return element(
    'section',
    { class: 'message' },
    element(
      'h3',
      {},
      issued
        ? `A → ${issued.name}, for ${message.resource ?? 'an API'}`
        : `A, for ${message.resource ?? 'an API'}: rejected`,
    ),
    element('p', {}, element('code', {}, `${message.method} ${message.path}`)),
    facts(Object.fromEntries(parameters)),
    message.error && element('p', { class: 'error' }, `AADSTS${message.error.number}: ${message.error.text}`),
  );
}
