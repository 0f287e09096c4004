import { photoOf, type User } from '../../directory/users.ts';
import { type Html, html } from './html.ts';

/** A user's photo, or their initials. Only decoration: the name stands beside it. */
export function face(user: User): Html {
  return photoOf(user.id, '96x96')
    ? html`<span class="face" aria-hidden="true"><img src="/local-tenant/users/${user.id}/photo" alt="" width="44" height="44"></span>`
    : initials(user.displayName);
}

/** The first letters of a name's first and last word. */
export function initials(name: string): Html {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return html`<span class="face" aria-hidden="true">${letters.join('').toUpperCase()}</span>`;
}
