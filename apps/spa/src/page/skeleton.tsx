import styles from './skeleton.module.css';

/** Bars where text will stand, so that nothing jumps when it comes. */
export function Skeleton({ lines }: { lines: readonly string[] }) {
  return lines.map((width, line) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the bars never change place
    <div key={line} className={styles.bar} style={{ width }} />
  ));
}
