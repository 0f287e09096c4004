import { Skeleton, SkeletonItem } from '@fluentui/react-components';
import { type ReactNode, useId } from 'react';
import { describeProblem } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import type { Section } from './overview.ts';
import styles from './section-card.module.css';

interface SectionCardProps<Data> {
  title: string;
  /** The service that the data comes from. */
  source: string;
  /** `undefined` while it is loading. */
  section: Section<Data> | undefined;
  onRetry: () => void;
  retrying: boolean;
  children: (data: Data) => ReactNode;
}

/** A section of the overview: its data, or why there is none and what may help. */
export function SectionCard<Data>(props: SectionCardProps<Data>) {
  const { title, source, section, onRetry, retrying, children } = props;
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} aria-busy={section === undefined} className={styles.card}>
      <div className={styles.top}>
        <h2 id={headingId}>{title}</h2>
        <span className={styles.source}>from {source}</span>
      </div>
      {section === undefined && (
        <Skeleton aria-label={`Loading ${title.toLowerCase()}`} className={styles.skeleton}>
          <SkeletonItem size={48} />
          <SkeletonItem size={24} />
          <SkeletonItem size={24} />
        </Skeleton>
      )}
      {section?.state === 'ok' && children(section.data)}
      {section && section.state !== 'ok' && (
        <FailureMessage
          failure={describeProblem(section.problem, source)}
          onRetry={onRetry}
          retrying={retrying}
        />
      )}
    </section>
  );
}
