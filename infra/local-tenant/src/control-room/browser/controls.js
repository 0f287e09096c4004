import { element, externalLink, fill } from './elements.js';

/**
 * Parts of the switches and of the failure lab.
 *
 * @typedef {import('./elements.js').Child} Child
 */

/**
 * Creates a button for an action of the page.
 *
 * @param {string} id Unique and stable, so that the button keeps the focus when it is drawn again.
 * @param {string} label
 * @param {() => unknown} onclick
 * @param {string} [describes] What the button is for, if the label alone does not say it.
 */
export const actionButton = (id, label, onclick, describes) =>
  element(
    'button',
    { id, type: 'button', class: 'button', onclick, 'aria-label': describes && `${label}: ${describes}` },
    label,
  );

/**
 * Replaces what an element contains. The focus stays on the control with the same ID, and so does what the user has
 * typed or chosen and not sent yet.
 *
 * @param {Element} parent
 * @param {...Child} children
 */
export function redraw(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const typed = [...parent.querySelectorAll('input, select')].map((field) => ({
    id: field.id,
    value: textIn(field),
    isChanged: isChanged(field),
  }));
  fill(parent, ...children);
  for (const { id, value, isChanged } of typed) {
    const field = isChanged && document.getElementById(id);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  }
  if (focused) (document.getElementById(focused) ?? parent.querySelector('button'))?.focus();
}

/** @param {Element} field */
const textIn = (field) =>
  field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';

/** @param {Element} field */
const isChanged = (field) =>
  field instanceof HTMLSelectElement ||
  (field instanceof HTMLInputElement && field.value !== field.defaultValue);

/** @param {number | string} number An AADSTS number. */
export const errorLink = (number) =>
  externalLink(`https://login.microsoftonline.com/error?code=${number}`, `AADSTS${number}`);

/**
 * Makes the AADSTS numbers in a text links to Microsoft's pages about them.
 *
 * @param {string} text
 * @returns {Child[]}
 */
export const withErrorLinks = (text) =>
  text.split(/AADSTS(\d+)/).map((part, index) => (index % 2 === 1 ? errorLink(part) : part));

/** Where the page says what an action did, or why it failed. */
export function createOutcome() {
  const done = element('p', { class: 'outcome', role: 'status' });
  const failed = element('p', { class: 'error', role: 'alert', hidden: true });
  let isBusy = false;
  return {
    element: element('div', { class: 'outcomes' }, done, failed),
    /**
     * Runs an action, unless another one is running.
     *
     * @param {string} name What to say when it is done.
     * @param {() => Promise<unknown>} action
     */
    async report(name, action) {
      if (isBusy) return;
      isBusy = true;
      done.textContent = '';
      try {
        await action();
        failed.hidden = true;
        done.textContent = `Done: ${name}.`;
      } catch (error) {
        failed.textContent = error instanceof Error ? error.message : String(error);
        failed.hidden = false;
      } finally {
        isBusy = false;
      }
    },
  };
}

/**
 * Reads and draws the tenant's state for a view: when the view is shown, and while it is shown after each change.
 *
 * @param {HTMLElement} view
 * @param {import('./room.js').Room} room
 * @param {() => Promise<void>} read
 */
export function followState(view, room, read) {
  const refresh = createReader(read);
  const show = () => {
    // A restarted tenant that does not answer yet connects again, which calls this again.
    if (!view.hidden) refresh().catch(() => {});
  };
  for (const event of ['connected', 'switch', 'state']) room.on(event, show);
  return { refresh, show };
}

/**
 * Creates a function that reads something anew. Calls while it is being read lead to one more reading, not to several.
 *
 * @param {() => Promise<void>} read
 */
function createReader(read) {
  /** @type {Promise<void> | undefined} */
  let reading;
  let isStale = false;
  const run = async () => {
    do {
      isStale = false;
      await read();
    } while (isStale);
  };
  return () => {
    isStale = true;
    reading ??= run().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
