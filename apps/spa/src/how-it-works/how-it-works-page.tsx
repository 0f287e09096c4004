import { useAccount } from '@azure/msal-react';
import { Button, Spinner } from '@fluentui/react-components';
import { ApiProblem } from '../middle-tier/problem.ts';
import type { Overview } from '../overview/overview.ts';
import { parseServerTiming } from '../overview/server-timing.ts';
import { useOverview } from '../overview/use-overview.ts';
import { Page } from '../page/page.tsx';
import { describeFailure, describeProblem } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import styles from './how-it-works-page.module.css';
import { RequestSpans } from './request-spans.tsx';

/** Shows what the last overview request did, step by step, and which step failed. */
export default function HowItWorksPage() {
  const { data, error, isFetching, refetch } = useOverview();
  const retry = { onRetry: () => void refetch(), retrying: isFetching };
  const request = error ? describeFailedRequest(error) : data;
  return (
    <Page title="How it works">
      <p className={styles.lead}>
        For each overview, the middle tier validates your token, exchanges it for one token per API, and calls
        both APIs in parallel. It caches the exchanged tokens: refresh and see the difference.
      </p>
      {error && (
        <div className={styles.failure}>
          <FailureMessage failure={describeFailure(error)} {...retry} />
        </div>
      )}
      {!data && !error && <Spinner label="Loading your overview" />}
      {request && (
        <section aria-labelledby="last-request" className={styles.card}>
          <div className={styles.top}>
            <h2 id="last-request">What happened in the last request</h2>
            <Button onClick={() => void refetch()} disabledFocusable={isFetching}>
              {isFetching ? 'Refreshing…' : 'Refresh'}
            </Button>
          </div>
          {!error && data && <SectionResults overview={data.overview} {...retry} />}
          <RequestSpans spans={request.spans} />
          {request.correlationId && (
            <p className={styles.soft}>
              Correlation ID: <code>{request.correlationId}</code>. Each service that the request reached
              wrote it to its log.
            </p>
          )}
        </section>
      )}
      <WhoYouAre />
    </Page>
  );
}

/** Returns what is known about a request for the overview that failed as a whole; `null` if there was no response. */
function describeFailedRequest(error: unknown) {
  if (!(error instanceof ApiProblem) || error.problem.status === 0) return null;
  return { spans: parseServerTiming(error.serverTiming), correlationId: error.problem.correlationId };
}

interface SectionResultsProps {
  overview: Overview;
  onRetry: () => void;
  retrying: boolean;
}

/** Says for each section of the overview whether it could be read, and if not, what may help. */
function SectionResults({ overview, ...retry }: SectionResultsProps) {
  const sections = [
    { title: 'Profile', source: 'Microsoft Graph', section: overview.profile },
    { title: 'Leave', source: 'the downstream API', section: overview.leave },
  ];
  return (
    <ul className={styles.sections}>
      {sections.map(({ title, source, section }) => (
        <li key={title}>
          {title}, from {source}: {section.state === 'ok' ? 'read' : <strong>not read</strong>}
          {section.state !== 'ok' && (
            <FailureMessage failure={describeProblem(section.problem, source)} {...retry} />
          )}
        </li>
      ))}
    </ul>
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
