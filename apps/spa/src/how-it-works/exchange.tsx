import { describeFailure, describeSource, formatMilliseconds, type Hop } from '../overview/hops.ts';
import styles from './exchange.module.css';

/** Continues the chain with the identity provider: who acquired a token from it, and who did not have to. */
export function Exchange({ hops }: { hops: readonly Hop[] }) {
  const [first, ...calls] = hops;
  const acquired = calls.map(describeExchange);
  return (
    <>
      {first && (
        <li className={`${styles.step} ${styles.signIn}`}>
          <span>sign-in: token A</span>
        </li>
      )}
      <li className={`${styles.step} ${styles.exchange}`}>
        {acquired.map((text) => (
          <span key={text}>{text}</span>
        ))}
      </li>
      <li className={styles.provider}>
        <strong>Microsoft Entra ID</strong>
        <span>issues every token; exchanges token A, on your behalf, for tokens B and C</span>
      </li>
    </>
  );
}

function describeExchange({ token, tokenSpan, state }: Hop): string {
  if (state === 'loading' || tokenSpan === null) return `token ${token}: not requested`;
  const { failure, source, duration } = tokenSpan;
  if (failure !== null) return `A → ${token} failed: ${describeFailure(failure)}`;
  if (source !== 'identity_provider') return `token ${token}: ${describeSource(tokenSpan)}`;
  return `A → ${token}: ${describeSource(tokenSpan)}${duration === null ? '' : `, ${formatMilliseconds(duration)}`}`;
}
