import styles from './status.module.css';

interface StatusProps {
  tone: 'neutral' | 'success' | 'warning' | 'danger';
  children: string;
}

/** A word for a state, in its color. Much smaller than Fluent UI's badge, which the overview would have to load. */
export function Status({ tone, children }: StatusProps) {
  return <span className={`${styles.status} ${styles[tone] ?? ''}`}>{children}</span>;
}
