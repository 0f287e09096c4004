import { Link } from 'react-router';
import { paths } from '../page/paths.ts';
import { describeFailure, describeSource, formatMilliseconds, type Hop } from './hops.ts';
import styles from './token-chip.module.css';

/** Says which token fetched a section, and opens what happened. The token itself never reaches the browser. */
export function TokenChip({ hop: { token, tokenSpan } }: { hop: Hop }) {
  if (tokenSpan === null) return null;
  const { audience, scope, duration, failure } = tokenSpan;
  const facts = [
    audience && shortAudience(audience),
    scope,
    duration !== null && formatMilliseconds(duration),
    failure === null ? describeSource(tokenSpan) : `failed: ${describeFailure(failure)}`,
  ].filter(Boolean);
  return (
    <Link to={paths.howItWorks} className={`${styles.chip} ${failure === null ? '' : styles.failed}`}>
      <strong>Token {token}</strong>
      {facts.map((fact) => (
        <span key={String(fact)}>{fact}</span>
      ))}
    </Link>
  );
}

/** Shortens an audience so that it can be recognized: no https, and the first part of a GUID. */
const shortAudience = (audience: string): string =>
  audience.replace(/^https:\/\//, '').replace(/([\da-f]{8})(-[\da-f]{4}){3}-[\da-f]{12}/i, '$1…');
