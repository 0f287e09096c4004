import { type Person, photoOf } from '../../directory/people.ts';
import { type Html, html } from './html.ts';

/** A person's photo, or their initials. Only decoration: the name stands beside it. */
export function face(person: Person): Html {
  return photoOf(person.id, '96x96')
    ? html`<span class="face" aria-hidden="true"><img src="/local-tenant/people/${person.id}/photo" alt="" width="44" height="44"></span>`
    : initials(person.displayName);
}

/** The first letters of a name's first and last word. */
export function initials(name: string): Html {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return html`<span class="face" aria-hidden="true">${letters.join('').toUpperCase()}</span>`;
}
