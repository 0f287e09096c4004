import { isExchange, tokenIn } from './messages.js';

/**
 * @typedef {import('./messages.js').Message} Message
 * @typedef {import('./messages.js').CarriedToken} CarriedToken
 *
 * A token of the flow, with its name: A for the middle tier, B and so on for what it was exchanged for.
 *
 * @typedef {object} NamedToken
 * @property {string} name `ID token`, `A`, `B`, …
 * @property {CarriedToken} token
 * @property {Message | undefined} issuedBy The message that issued it, if it is still there.
 *
 * @typedef {object} Chain
 * @property {NamedToken[]} tokens ID token, A, B, C, as far as they are there.
 * @property {Message[]} exchanges The exchanges of A, rejected ones too; the latest for each scope.
 */

/**
 * Finds the tokens that belong together: A is the assertion of the exchanges that issued B and C, and the ID token is
 * from the same sign-in. Tokens that the middle tier had in its cache are found by their ID (`uti`).
 *
 * @param {readonly Message[]} all Oldest first.
 * @param {string} [correlationId] The conversation to start from. Default: the latest in which A was exchanged or issued.
 * @returns {Chain}
 */
export function findChain(all, correlationId) {
  const newest = all.toReversed();
  const chosen = newest.filter((message) => message.correlationId === correlationId);
  const a = assertionOf(correlationId === undefined ? newest : chosen, newest);
  if (!a) return { tokens: [], exchanges: [] };

  /** @type {Map<string, Message>} */
  const latest = new Map();
  for (const message of [...chosen, ...newest]) {
    const scope = message.parameters.scope ?? '';
    const isOfA = isExchange(message) && idOf(tokenIn(message, 'presented')) === idOf(a);
    if (isOfA && !latest.has(scope)) latest.set(scope, message);
  }
  const exchanges = [...latest.values()].sort((one, other) => rank(one) - rank(other));
  const issuedA = newest.find((message) => idOf(tokenIn(message, 'issued')) === idOf(a));
  const idIssuedBy = newest.find((message) => {
    const idToken = tokenIn(message, 'issued', 'ID token');
    return (
      idToken &&
      idToken.claims.sid === a.claims.sid &&
      idToken.claims.aud === (a.claims.azp ?? a.claims.appid)
    );
  });
  const idToken = idIssuedBy && tokenIn(idIssuedBy, 'issued', 'ID token');
  const exchanged = exchanges.flatMap((message) => {
    const token = tokenIn(message, 'issued');
    return token ? [{ token, issuedBy: message }] : [];
  });
  return {
    tokens: [
      ...(idToken ? [{ name: 'ID token', token: idToken, issuedBy: idIssuedBy }] : []),
      { name: 'A', token: a, issuedBy: issuedA },
      ...exchanged.map((one, index) => ({ name: String.fromCharCode('B'.charCodeAt(0) + index), ...one })),
    ],
    exchanges,
  };
}

/**
 * Finds A: what was exchanged, otherwise what a sign-in issued.
 *
 * @param {readonly Message[]} chosen Newest first.
 * @param {readonly Message[]} newest All messages, newest first.
 */
function assertionOf(chosen, newest) {
  const presented = new Set(
    chosen.filter(({ kind }) => kind === 'graph').map((message) => idOf(tokenIn(message, 'presented'))),
  );
  const exchange =
    chosen.find((message) => isExchange(message) && tokenIn(message, 'presented')) ??
    newest.find((message) => isExchange(message) && presented.has(idOf(tokenIn(message, 'issued')) ?? ''));
  if (exchange) return tokenIn(exchange, 'presented');
  const signIn = chosen.find(
    (message) => tokenIn(message, 'issued', 'ID token') && tokenIn(message, 'issued'),
  );
  return signIn && tokenIn(signIn, 'issued');
}

/**
 * Returns the ID of a token (`uti`), by which its copies are recognized.
 *
 * @param {CarriedToken | undefined} token
 */
export const idOf = (token) => (typeof token?.claims.uti === 'string' ? token.claims.uti : undefined);

/** Microsoft Graph comes first, so that B is the token for it. @param {Message} message */
const rank = ({ resource }) => (resource === 'Microsoft Graph' ? 0 : 1);
