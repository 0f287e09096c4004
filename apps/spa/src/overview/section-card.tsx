import { type ReactNode, useId } from 'react';
import { ErrorBoundary } from '../app/error-boundary.tsx';
import { describeProblem, type Failure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import type { Hop } from './hops.ts';
import type { Section } from './overview.ts';
import styles from './section-card.module.css';
import { TokenChip } from './token-chip.tsx';

const broken: Failure = {
  title: 'This section could not be shown',
  detail: 'Reload the page to try again. The rest of it is not affected.',
  challenge: null,
  canRetry: false,
};

/** What every section of the overview is given. */
export interface SectionProps<Data> {
  /** `undefined` while it is loading. */
  section: Section<Data> | undefined;
  /** The call that fetched it. */
  hop?: Hop | undefined;
  /** The user's word for the other section, if that one could be read. */
  unaffected?: string | undefined;
  onRetry: () => void;
  retrying: boolean;
}

interface SectionCardProps<Data> extends SectionProps<Data> {
  title: string;
  /** The service that the data comes from. */
  source: string;
  children: (data: Data) => ReactNode;
}

/** A section of the overview: its data, or why there is none and what may help. */
export function SectionCard<Data>(props: SectionCardProps<Data>) {
  const { title, source, section, hop, unaffected, onRetry, retrying, children } = props;
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} aria-busy={section === undefined} className={styles.card}>
      <div className={styles.top}>
        <h2 id={headingId}>{title}</h2>
        <span className={styles.source}>from {source}</span>
      </div>
      {section && hop && <TokenChip hop={hop} />}
      {section === undefined && (
        <div role="progressbar" aria-label={`Loading ${title.toLowerCase()}`} className={styles.skeleton} />
      )}
      {section?.state === 'ok' && (
        <ErrorBoundary fallback={<FailureMessage failure={broken} />}>
          <SectionData data={section.data}>{children}</SectionData>
        </ErrorBoundary>
      )}
      {section && section.state !== 'ok' && (
        <FailureMessage
          failure={describeProblem(section.problem, { source, data: title.toLowerCase(), unaffected })}
          onRetry={onRetry}
          retrying={retrying}
        />
      )}
    </section>
  );
}

/** Renders the data inside of the error boundary, so that an error in `children` itself is caught, too. */
function SectionData<Data>({ data, children }: { data: Data; children: (data: Data) => ReactNode }) {
  return children(data);
}
