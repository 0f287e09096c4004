import * as conversation from './conversation.js';
import * as failureLab from './failure-lab.js';
import { openRoom } from './room.js';
import * as switches from './switches.js';
import * as tokens from './tokens.js';
import * as traces from './traces.js';

/**
 * A view of the control room: a module that exports `mount`.
 *
 * @typedef {object} View
 * @property {(element: HTMLElement, room: import('./room.js').Room) => MountedView | void} mount Fills the element, once,
 *   when the view is first shown. The heading is there already.
 *
 * @typedef {object} MountedView
 * @property {(parameter: string) => void} [show] Called each time the view is shown, with what follows its name in the
 *   fragment: for `#conversation/123` it is `123`, for `#conversation` it is empty.
 */

/** @type {Readonly<Record<string, View>>} */
const views = { conversation, tokens, traces, switches, 'failure-lab': failureLab };
const firstView = 'conversation';

/** @type {Map<string, MountedView>} */
const mounted = new Map();
const room = openRoom(showConnection);

/** Shows the view that the address names. */
function showView() {
  const [, name = '', parameter = ''] = /^#([^/]*)\/?(.*)$/.exec(location.hash) ?? [];
  const view = views[name];
  if (!view) return show(firstView, '');
  show(name, decoded(parameter));
}

/**
 * @param {string} name
 * @param {string} parameter
 */
function show(name, parameter) {
  for (const section of document.querySelectorAll('main > section')) {
    if (!(section instanceof HTMLElement)) continue;
    section.hidden = section.id !== `view-${name}`;
    if (section.hidden) continue;
    const view = mounted.get(name) ?? views[name]?.mount(section, room) ?? {};
    mounted.set(name, view);
    view.show?.(parameter);
  }
  for (const link of document.querySelectorAll('header nav a')) {
    if (link.getAttribute('href') === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const heading = document.querySelector(`#title-${name}`);
  document.title = `${heading?.textContent} · Control room`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {'connected' | 'restarted' | 'disconnected'} state */
function showConnection(state) {
  const connection = document.querySelector('#connection');
  if (!connection) return;
  connection.className = state;
  connection.textContent = {
    connected: 'Live',
    restarted: 'Live. The local tenant was restarted.',
    disconnected: 'The local tenant does not answer. Connecting again …',
  }[state];
}

addEventListener('hashchange', showView);
showView();
