import type { Hop } from '../middle-tier/server-timing.ts';
import { describeHop, describeSource, formatDuration } from './describe-hop.ts';
import styles from './what-happened-page.module.css';

/** The hops of a request, as the middle tier timed them. */
export function Hops({ hops }: { hops: readonly Hop[] }) {
  if (hops.length === 0) return <p>The middle tier did not tell what each hop took.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Hop</th>
          <th scope="col">Came from</th>
          <th scope="col" className={styles.number}>
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {hops.map(({ name, duration, source }) => (
          <tr key={name}>
            <th scope="row">{describeHop(name)}</th>
            <td>{describeSource(source)}</td>
            <td className={styles.number}>{formatDuration(duration)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
