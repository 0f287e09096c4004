import { type ReactNode, useId } from 'react';
import type { Section } from '../middle-tier/overview.ts';
import { describeProblem } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import styles from './section-card.module.css';

interface SectionCardProps<Data> {
  title: string;
  /** The service the data comes from. */
  source: string;
  /** `undefined` while it is on its way. */
  section: Section<Data> | undefined;
  skeleton: ReactNode;
  onRetry: () => void;
  retrying: boolean;
  children: (data: Data) => ReactNode;
}

/** A part of the overview: its data, or in words why there is none and what may help. */
export function SectionCard<Data>(props: SectionCardProps<Data>) {
  const { title, source, section, skeleton, onRetry, retrying, children } = props;
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} aria-busy={section === undefined} className={styles.card}>
      <div className={styles.top}>
        <h2 id={headingId}>{title}</h2>
        <span className={styles.source}>from {source}</span>
      </div>
      {section === undefined && (
        <>
          <p role="status" className={styles.hidden}>
            Loading {title.toLowerCase()}…
          </p>
          <div aria-hidden="true">{skeleton}</div>
        </>
      )}
      {section?.state === 'ok' && children(section.data)}
      {section?.state === 'unavailable' && (
        <FailureMessage
          failure={describeProblem(section.problem, null)}
          onRetry={onRetry}
          retrying={retrying}
        />
      )}
      {section?.state === 'action_required' && (
        <FailureMessage failure={describeProblem(section.problem, section.challenge)} />
      )}
    </section>
  );
}
