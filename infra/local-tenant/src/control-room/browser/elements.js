/**
 * @typedef {Node | string | number | false | null | undefined} Child What an element contains: a string is always text.
 * @typedef {string | number | boolean | undefined | ((event: Event) => void)} Attribute
 */

/** Addresses that a link may have: a message can name any, such as one that runs a script. */
const safeAddress = /^(https?:\/\/|#|\/(?!\/))/;

/**
 * Creates an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes] Functions are listeners, named as in `onclick`. `true` sets an empty
 *   attribute; `false` and `undefined` set none. An `href` that is neither http, https nor on this page is left out.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') created.addEventListener(name.replace(/^on/, ''), value);
    else if (name.startsWith('on')) throw new TypeError(`${name} must be a function`);
    else if (name !== 'href' || safeAddress.test(String(value)))
      created.setAttribute(name, value === true ? '' : String(value));
  }
  created.append(...present(children));
  return created;
}

/**
 * Replaces what an element contains.
 *
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

/**
 * Creates a link that opens elsewhere in a new tab.
 *
 * @param {string | undefined} href
 * @param {...Child} children
 */
export const externalLink = (href, ...children) =>
  element('a', { href, target: '_blank', rel: 'noreferrer' }, ...children);

/** @param {Child[]} children */
const present = (children) =>
  children
    .filter((child) => child !== undefined && child !== null && child !== false)
    .map((child) => (typeof child === 'number' ? String(child) : child));
