import type { Span } from '../overview/server-timing.ts';
import styles from './how-it-works-page.module.css';

const names: Readonly<Record<string, string>> = {
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

const milliseconds = new Intl.NumberFormat('en-GB', {
  style: 'unit',
  unit: 'millisecond',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Shows the steps of a request, as the middle tier timed them. */
export function RequestSpans({ spans }: { spans: readonly Span[] }) {
  if (spans.length === 0) return <p>No timings were returned.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Result</th>
          <th scope="col">Source</th>
          <th scope="col" className={styles.number}>
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {spans.map(({ name, duration, source, failure }) => (
          <tr key={name}>
            <th scope="row">{names[name] ?? withSpaces(name)}</th>
            <td className={failure === null ? undefined : styles.failed}>
              {name !== 'total' && resultOf(failure)}
            </td>
            <td>{source && withSpaces(source)}</td>
            <td className={styles.number}>{duration !== null && milliseconds.format(duration)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Names the result of a step. A user may have no photo, so 404 is no error in itself. */
function resultOf(failure: string | null): string {
  if (failure === null) return 'ok';
  if (failure === '404') return 'not found';
  return /^\d+$/.test(failure) ? `HTTP ${failure}` : `failed: ${withSpaces(failure)}`;
}

const withSpaces = (name: string): string => name.replaceAll(/[_-]/g, ' ');
