import { useAccount } from '@azure/msal-react';
import { Button, Spinner } from '@fluentui/react-components';
import { useConfiguration } from '../configuration/configuration.ts';
import { ChainStrip } from '../overview/chain-strip.tsx';
import { hopsOf } from '../overview/hops.ts';
import type { Overview } from '../overview/overview.ts';
import { useOverview } from '../overview/use-overview.ts';
import { Page } from '../page/page.tsx';
import { describeFailure, describeProblem } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { Exchange } from './exchange.tsx';
import { readFirstRequest } from './first-request.ts';
import styles from './how-it-works-page.module.css';
import { summarize } from './summarize.ts';
import { Tokens } from './tokens.tsx';
import { Waterfall } from './waterfall.tsx';

/** Shows what the last overview request did: who called whom, with which token, how long it took, and what failed. */
export default function HowItWorksPage() {
  const { data, error, request, isFetching, refetch } = useOverview();
  const retry = { onRetry: () => void refetch(), retrying: isFetching };
  const hops = hopsOf(request);
  const account = useAccount();
  const first = readFirstRequest(account?.homeAccountId ?? '');
  const isFirst = first === null || first.finishedAt === request?.finishedAt;
  return (
    <Page
      title="How it works"
      action={
        !error && (
          <Button onClick={() => void refetch()} disabledFocusable={isFetching}>
            {isFetching ? 'Refreshing…' : 'Refresh'}
          </Button>
        )
      }
    >
      {(request || !error) && <p className={styles.lead}>{summarize(hops)}</p>}
      {error && (
        <div className={styles.failure}>
          <FailureMessage failure={describeFailure(error)} {...retry} />
        </div>
      )}
      {!error && data && <FailedSections overview={data.overview} {...retry} />}
      {!data && !error && <Spinner label="Loading your overview" />}
      {request && (
        <>
          <section aria-labelledby="last-request">
            <h2 id="last-request" className={styles.heading}>
              What happened in the last request
            </h2>
            <ChainStrip hops={isFetching ? hopsOf(null) : hops}>
              <Exchange hops={hops} />
            </ChainStrip>
            {request.spans.length > 0 && <Tokens hops={hops} />}
            <RequestReference correlationId={request.correlationId} />
          </section>
          {request.spans.length > 0 && (
            <section aria-labelledby="steps" className={styles.card}>
              <h2 id="steps">Step by step</h2>
              <p className={styles.soft}>
                {isFirst
                  ? 'Steps whose bars overlap ran in parallel. Refresh to compare this request with one that finds its tokens in the cache.'
                  : 'Steps whose bars overlap ran in parallel. Both requests have the same scale.'}
              </p>
              <Waterfall
                requests={
                  isFirst
                    ? [{ title: 'This request', spans: request.spans }]
                    : [
                        { title: 'First request', spans: first.spans },
                        { title: 'Latest request', spans: request.spans },
                      ]
                }
              />
            </section>
          )}
        </>
      )}
      <WhoYouAre />
    </Page>
  );
}

interface FailedSectionsProps {
  overview: Overview;
  onRetry: () => void;
  retrying: boolean;
}

/** Says for each section of the overview that could not be read what may help. */
function FailedSections({ overview: { profile, leave }, ...retry }: FailedSectionsProps) {
  const sections = [
    { section: profile, source: 'Microsoft Graph', data: 'profile', unaffected: 'leave' },
    { section: leave, source: 'the downstream API', data: 'leave', unaffected: 'profile' },
  ] as const;
  return sections.map(
    ({ section, ...context }) =>
      section.state !== 'ok' && (
        <div key={context.data} className={styles.failure}>
          <FailureMessage failure={describeProblem(section.problem, context)} {...retry} />
        </div>
      ),
  );
}

/** Names the request, and links to where it can be looked up, if the environment has such a place. */
function RequestReference({ correlationId }: { correlationId: string | null }) {
  const { requestUrl } = useConfiguration();
  if (correlationId === null) return null;
  return (
    <p className={styles.soft}>
      Correlation ID: <code>{correlationId}</code>. Each service that the request reached wrote it to its log.{' '}
      {requestUrl && (
        <a
          href={requestUrl.replaceAll('{correlationId}', encodeURIComponent(correlationId))}
          target="_blank"
          rel="noreferrer"
        >
          See every message of this request
        </a>
      )}
    </p>
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
      <h2 id="who-you-are">Who you are (claims of the ID token)</h2>
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
        The APIs do not accept these claims from this page: each reads its own access token.
      </p>
    </section>
  );
}
