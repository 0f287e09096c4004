import {
  describeFailure,
  describeSource,
  formatAge,
  formatMilliseconds,
  type Hop,
} from '../overview/hops.ts';
import type { Span } from '../overview/server-timing.ts';
import styles from './tokens.module.css';

/** Shows which token each arrow of the picture carried. What a token looks like, the browser never learns. */
export function Tokens({ hops }: { hops: readonly Hop[] }) {
  return (
    <div className={styles.tokens}>
      {hops.map(({ token, from, to, tokenSpan }) => (
        <article key={token} aria-labelledby={`token-${token}`} className={styles.card}>
          <h3 id={`token-${token}`}>Token {token}</h3>
          <p>
            {from} → {to}
          </p>
          {tokenSpan === null ? (
            <p className={styles.soft}>Nothing is known about it in this request.</p>
          ) : (
            <dl>
              <dt>{token === 'A' ? 'Audience (aud)' : 'Requested for'}</dt>
              <dd>
                <code>{tokenSpan.audience ?? 'unknown'}</code>
              </dd>
              <dt>{token === 'A' ? 'Scopes (scp)' : 'Scopes'}</dt>
              <dd>
                <code>{tokenSpan.scope ?? 'unknown'}</code>
              </dd>
              <dt>Where it came from</dt>
              <dd>{token === 'A' ? originOfFirst(tokenSpan) : originOf(tokenSpan)}</dd>
            </dl>
          )}
        </article>
      ))}
    </div>
  );
}

function originOfFirst({ age }: Span): string {
  return `MSAL, in this browser tab${age === null ? '' : `; issued ${formatAge(age)} ago`}`;
}

function originOf(span: Span): string {
  const { failure, duration, source } = span;
  if (failure !== null) return `Nowhere. The exchange of token A failed: ${describeFailure(failure)}`;
  const took = duration === null ? '' : ` in ${formatMilliseconds(duration)}`;
  if (source === 'identity_provider') return `Exchanged for token A${took} (${describeSource(span)})`;
  return `The middle tier’s cache (${describeSource(span)})`;
}
