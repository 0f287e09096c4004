import type { ReactNode } from 'react';
import styles from './chain-strip.module.css';
import { formatMilliseconds, type Hop } from './hops.ts';

interface ChainStripProps {
  hops: readonly Hop[];
  /** More of the picture, below the chain. */
  children?: ReactNode;
}

const subtitles: Readonly<Record<string, string>> = {
  You: 'in this browser',
  'Middle tier': 'acts on your behalf',
  'Microsoft Graph': 'profile',
  'Downstream API': 'leave',
};

/** Draws the chain of a request: a list in the order of the calls, with the token and the state of each. */
export function ChainStrip({ hops, children }: ChainStripProps) {
  const isLoading = hops.some(({ state }) => state === 'loading');
  return (
    <ol className={styles.chain} aria-label="The chain of calls" aria-busy={isLoading}>
      <ChainNode name="You" state="ok" />
      {hops.map((hop) => [
        <li key={hop.token} className={styles.arrow} data-hop={hop.token} data-state={hop.state}>
          <span className={styles.label}>
            <span className={styles.token}>
              <span className={styles.hidden}>Token </span>
              {hop.token}
            </span>
            <span>{resultOf(hop)}</span>
          </span>
        </li>,
        <ChainNode key={hop.to} name={hop.to} state={hop.state} />,
      ])}
      {children}
    </ol>
  );
}

function ChainNode({ name, state }: { name: string; state: Hop['state'] }) {
  return (
    <li className={styles.node} data-node={name} data-state={state}>
      <strong>{name}</strong>
      <span>{subtitles[name]}</span>
    </li>
  );
}

/** Says how a hop went, in a few words. */
export function resultOf({ state, failure, withoutToken, duration }: Hop): string {
  if (state === 'loading') return 'waiting…';
  if (state === 'not_called') return 'not called';
  const took = duration === null ? '' : ` · ${formatMilliseconds(duration)}`;
  if (state === 'ok') return `ok${took}`;
  return withoutToken ? `no token: ${failure}` : `failed: ${failure}`;
}
