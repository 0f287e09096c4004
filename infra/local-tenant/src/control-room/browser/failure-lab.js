import { actionButton, createOutcome, errorLink, followState, redraw } from './controls.js';
import { messageTitle } from './conversation.js';
import { element, externalLink } from './elements.js';
import { followMessages } from './messages.js';

/**
 * The tenant's answer to `GET /local-tenant/failure-lab`.
 *
 * @typedef {object} Lab
 * @property {string | null} spaUrl
 * @property {{ id: string, setUpAt: string } | null} current
 * @property {Failure[]} failures
 *
 * @typedef {object} Failure
 * @property {string} id
 * @property {string} title
 * @property {number[]} numbers
 * @property {string} instruction
 * @property {string} outcome
 * @property {string} cause
 * @property {string} realCure
 * @property {string} afterCure
 * @property {string | null} unavailable
 * @property {{ request: string, body?: object }[]} requests
 *
 * @typedef {import('./messages.js').Message} Message
 */

/** Messages that are shown at once: the latest ones. */
const mostMessages = 20;
/** Without the pages and metadata that each sign-in fetches. @type {Message['kind'][]} */
const relevantKinds = ['token', 'graph', 'keys'];

/** @type {import('./control-room.js').View['mount']} */
export function mount(view, room) {
  const outcome = createOutcome();
  const current = element('div', {});
  const happened = element('ol', { class: 'plain', 'aria-label': 'Messages since the failure was set up' });
  const list = element('div', { class: 'cards' });
  view.append(
    element(
      'p',
      { class: 'lead' },
      'The failures that most projects meet. Set one up, see what it does to the app, and cure it. One at a time: setting up another cures the one before.',
    ),
    current,
    list,
    outcome.element,
  );
  /** @type {Lab | undefined} */
  let lab;
  /** The failure that was cured last, and which the page still explains. @type {Lab['current']} */
  let cured = null;
  const messages = followMessages(room, drawMessages);

  const { refresh, show } = followState(view, room, async () => {
    lab = await room.get('/failure-lab');
    draw();
  });

  /** @param {Failure} failure */
  const setUp = ({ id, title }) =>
    outcome.report(`${title} is set up`, async () => {
      await room.send('PUT', '/failure-lab', { id });
      cured = null;
      await refresh();
      document.getElementById('title-current')?.focus();
    });
  /** @param {Failure} failure */
  const cure = ({ title }) =>
    outcome.report(`${title} is cured`, async () => {
      const before = lab?.current ?? null;
      await room.send('DELETE', '/failure-lab');
      cured = before;
      await refresh();
      document.getElementById('title-current')?.focus();
    });

  function draw() {
    if (!lab) return;
    const { spaUrl, failures } = lab;
    const shown = lab.current ?? cured;
    const failure = failures.find(({ id }) => id === shown?.id);
    const isCured = lab.current === null;
    redraw(
      current,
      failure && shown && explanation({ failure, setUpAt: shown.setUpAt, isCured, spaUrl, happened }, cure),
    );
    redraw(list, ...failures.map((one) => card(one, one.id === lab?.current?.id, setUp)));
    drawMessages();
  }

  function drawMessages() {
    if (view.hidden) return;
    const shown = lab?.current ?? cured;
    const since = shown ? Date.parse(shown.setUpAt) : Number.POSITIVE_INFINITY;
    const relevant = messages.all.filter(
      ({ kind, time, error }) =>
        Date.parse(time) >= since && (relevantKinds.includes(kind) || error !== null),
    );
    const isRecording = messages.state === 'on';
    redraw(
      happened,
      messages.problem !== undefined && element('li', { class: 'failed' }, messages.problem),
      !isRecording && element('li', { class: 'muted' }, `Recording is ${messages.state}.`),
      isRecording && relevant.length === 0 && element('li', { class: 'muted' }, 'No message yet.'),
      ...relevant.slice(-mostMessages).map(messageItem),
    );
  }

  return { show };
}

/**
 * Explains the failure that is set up, or was.
 *
 * @param {{ failure: Failure, setUpAt: string, isCured: boolean, spaUrl: string | null, happened: HTMLElement }} shown
 * @param {(failure: Failure) => void} cure
 */
function explanation({ failure, setUpAt, isCured, spaUrl, happened }, cure) {
  const spa = spaUrl !== null && externalLink(spaUrl, 'Open the app');
  return element(
    'section',
    { class: 'card current', 'aria-labelledby': 'title-current' },
    element(
      'h2',
      { id: 'title-current', tabindex: '-1' },
      `${isCured ? 'Cured' : 'Set up'}: ${failure.title}`,
    ),
    element(
      'dl',
      { class: 'steps' },
      ...step(
        'Set up',
        `At ${new Date(setUpAt).toLocaleTimeString()}, by `,
        ...failure.requests.flatMap(({ request, body }, index) => [
          index > 0 && ', ',
          element('code', {}, body ? `${request} ${JSON.stringify(body)}` : request),
        ]),
        '.',
      ),
      ...step('What to do', `${failure.instruction} `, spa),
      ...step(
        'What you see',
        failure.outcome,
        ...failure.numbers.flatMap((number) => [' ', errorLink(number)]),
      ),
      ...step('What happened', happened),
      ...step('Why', failure.cause),
      ...step('Cure in a real tenant', failure.realCure),
      ...step(
        'Cure here',
        isCured
          ? element('p', {}, `Cured. ${failure.afterCure} `, spa)
          : `Select Cure it. Then: ${failure.afterCure}`,
      ),
    ),
    !isCured &&
      element(
        'button',
        { id: 'cure', type: 'button', class: 'button primary', onclick: () => cure(failure) },
        'Cure it',
      ),
  );
}

/**
 * @param {string} name
 * @param {...import('./elements.js').Child} children
 */
const step = (name, ...children) => [element('dt', {}, name), element('dd', {}, ...children)];

/**
 * @param {Failure} failure
 * @param {boolean} isCurrent
 * @param {(failure: Failure) => void} setUp
 */
const card = (failure, isCurrent, setUp) =>
  element(
    'article',
    { class: 'card', 'aria-labelledby': `failure-${failure.id}` },
    element('h3', { id: `failure-${failure.id}` }, failure.title),
    failure.numbers.length > 0 &&
      element('p', {}, ...failure.numbers.flatMap((number) => [errorLink(number), ' '])),
    element('p', {}, failure.cause),
    failure.unavailable !== null
      ? element('p', { class: 'muted' }, failure.unavailable)
      : isCurrent
        ? element('p', {}, element('strong', {}, 'Set up now.'))
        : actionButton(`set-up-${failure.id}`, 'Set up', () => setUp(failure), failure.title),
  );

/** @param {Message} message */
function messageItem(message) {
  const { id, time, client, resource, status, answer, error, correlationId } = message;
  const parties = [client?.name, resource].filter(Boolean).join(' → ');
  return element(
    'li',
    { class: error ? 'failed' : undefined },
    element('span', { class: 'muted' }, `${new Date(time).toLocaleTimeString()} `),
    `${messageTitle(message)} · ${parties && `${parties} · `}`,
    error ? (error.number ? errorLink(error.number) : status) : answer,
    error && ` ${error.text}`,
    correlationId !== null && ' ',
    correlationId !== null &&
      element('a', { id: `message-${id}`, href: `#conversation/${correlationId}` }, 'Conversation'),
  );
}
