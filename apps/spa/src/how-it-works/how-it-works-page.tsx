import { useAccount } from '@azure/msal-react';
import { Button, Spinner } from '@fluentui/react-components';
import { useOverview } from '../overview/use-overview.ts';
import { Page } from '../page/page.tsx';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import styles from './how-it-works-page.module.css';
import { RequestSpans } from './request-spans.tsx';

/** Shows what the last overview request did, step by step. */
export default function HowItWorksPage() {
  const { data, error, isFetching, refetch } = useOverview();
  return (
    <Page title="How it works">
      <p className={styles.lead}>
        To show your overview, the middle tier validated your token, exchanged it for one token per API, and
        called both APIs in parallel. It caches the exchanged tokens: refresh and see the difference.
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
      {!data && !error && <Spinner label="Loading your overview" />}
      {data && (
        <section aria-labelledby="last-request" className={styles.card}>
          <div className={styles.top}>
            <h2 id="last-request">What happened in the last request</h2>
            <Button onClick={() => void refetch()} disabledFocusable={isFetching}>
              {isFetching ? 'Refreshing…' : 'Refresh'}
            </Button>
          </div>
          <RequestSpans spans={data.spans} />
          {data.correlationId && (
            <p className={styles.soft}>
              Correlation ID: <code>{data.correlationId}</code>. Every service wrote it to its log.
            </p>
          )}
        </section>
      )}
      <WhoYouAre />
    </Page>
  );
}

/** Shows claims of the ID token. Access tokens are for the APIs: this app never reads or shows one. */
function WhoYouAre() {
  const account = useAccount();
  const claims = [
    ['Name', 'name', account?.name],
    ['User name', 'preferred_username', account?.username],
    ['Object ID', 'oid', account?.localAccountId],
    ['Tenant ID', 'tid', account?.tenantId],
  ] as const;
  return (
    <section aria-labelledby="who-you-are" className={styles.card}>
      <h2 id="who-you-are">Who you are</h2>
      <dl className={styles.facts}>
        {claims.map(([label, claim, value]) => (
          <div key={claim} className={styles.fact}>
            <dt>
              {label} (<code>{claim}</code>)
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.soft}>
        These are claims of your ID token. The APIs do not accept them from here: each reads its own access
        token.
      </p>
    </section>
  );
}
