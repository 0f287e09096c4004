import { describeFailure, describeSource, formatMilliseconds, withSpaces } from '../overview/hops.ts';
import type { Span } from '../overview/server-timing.ts';
import styles from './waterfall.module.css';

/** The steps of a request, in the order in which they are always shown. */
const stepNames: Readonly<Record<string, string>> = {
  validate_token: 'Validate your token',
  graph_token: 'Token for Microsoft Graph',
  graph_me: 'Microsoft Graph: you',
  graph_manager: 'Microsoft Graph: your manager',
  graph_photo: 'Microsoft Graph: your photo',
  downstream_token: 'Token for the downstream API',
  downstream_balance: 'Downstream API: your leave balance',
  downstream_requests: 'Downstream API: your leave requests',
  total: 'Total',
};

interface WaterfallProps {
  requests: readonly { title: string; spans: readonly Span[] }[];
}

/** Shows the steps of requests side by side, on one scale of time: steps whose bars overlap ran in parallel. */
export function Waterfall({ requests }: WaterfallProps) {
  const spans = requests.flatMap((request) => request.spans);
  const reported = new Set(spans.map(({ name }) => name));
  const unknown = [...reported].filter((name) => stepNames[name] === undefined);
  const known = Object.keys(stepNames).filter((name) => reported.has(name) && name !== 'total');
  const scale = Math.max(1, ...spans.map(({ start, duration }) => (start ?? 0) + (duration ?? 0)));
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Step</th>
          {requests.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...known, ...unknown, 'total'].map((step) => (
          <tr key={step}>
            <th scope="row">{stepNames[step] ?? withSpaces(step)}</th>
            {requests.map((request) => (
              <Cell
                key={request.title}
                span={request.spans.find(({ name }) => name === step)}
                missing={describeMissing(step, request.spans)}
                scale={scale}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  span: Span | undefined;
  /** What to say if there is no span. */
  missing: string;
  scale: number;
}

function Cell({ span, missing, scale }: CellProps) {
  if (!span) return <td className={styles.none}>{missing}</td>;
  const { start, duration, source } = span;
  const kind = hasFailed(span) ? styles.failed : source === null ? '' : styles.token;
  return (
    <td>
      <svg
        className={`${styles.bar} ${kind}`}
        aria-hidden="true"
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
      >
        <rect className={styles.track} width="100" height="8" />
        <rect
          x={(100 * (start ?? 0)) / scale}
          width={Math.max(0.75, (100 * (duration ?? 0)) / scale)}
          height="8"
        />
      </svg>
      {textOf(span)}
    </td>
  );
}

/** Says why a step has no span: once one call to a service has failed, the middle tier does not wait for the others. */
function describeMissing(step: string, spans: readonly Span[]): string {
  const service = step.slice(0, step.indexOf('_') + 1);
  const isCall = (name: string) => name.startsWith(service) && !name.endsWith('_token');
  return spans.some((span) => isCall(span.name) && hasFailed(span)) ? 'not finished' : 'not run';
}

/** A user may have no photo and no manager. */
const hasFailed = ({ failure }: Span) => failure !== null && failure !== '404';

/** Says what the bar shows: the result, where it came from, and how long it took. */
function textOf(span: Span): string {
  const { name, duration, failure } = span;
  const result =
    failure === null
      ? name.endsWith('_token') && name !== 'validate_token' && describeSource(span)
      : failure === '404'
        ? 'not found'
        : `failed: ${describeFailure(failure)}`;
  return [duration !== null && formatMilliseconds(duration), result].filter(Boolean).join(' · ');
}
