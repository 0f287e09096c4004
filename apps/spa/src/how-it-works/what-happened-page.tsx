import { Button, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { overviewQuery } from '../middle-tier/get-overview.ts';
import { Page } from '../page/page.tsx';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { Hops } from './hops.tsx';
import styles from './what-happened-page.module.css';
import { WhoYouAre } from './who-you-are.tsx';

/** What the last overview request did, hop by hop. */
export default function WhatHappenedPage() {
  const { data, error, isFetching, refetch } = useQuery(overviewQuery);
  return (
    <Page title="How it works">
      <p className={styles.lead}>
        To show your overview, the middle tier checked your token, traded it for one token per API, and called
        both APIs side by side. It remembers the traded tokens: ask again and see the difference.
      </p>
      {error && (
        <div className={styles.failure}>
          <FailureMessage
            failure={describeFailure(error)}
            onRetry={() => void refetch()}
            retrying={isFetching}
          />
        </div>
      )}
      {!data && !error && <Spinner label="Asking for your overview" />}
      {data && (
        <section aria-labelledby="hops" className={styles.card}>
          <div className={styles.top}>
            <h2 id="hops">What happened in the last request</h2>
            <Button onClick={() => void refetch()} disabledFocusable={isFetching}>
              {isFetching ? 'Asking…' : 'Ask again'}
            </Button>
          </div>
          <Hops hops={data.hops} />
          {data.correlationId && (
            <p className={styles.soft}>
              Correlation id: <code>{data.correlationId}</code>. Every hop wrote it into its log.
            </p>
          )}
        </section>
      )}
      <WhoYouAre />
    </Page>
  );
}
