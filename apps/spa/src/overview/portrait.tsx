import styles from './portrait.module.css';

/** A person's photo, or their initials where there is none. Their name stands beside it. */
export function Portrait({ name, photo }: { name: string; photo: string | null }) {
  if (photo !== null) return <img className={styles.portrait} src={photo} alt="" />;
  return (
    <span className={styles.portrait} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** The first letters of the first and the last name. */
function initialsOf(name: string): string {
  const names = name.split(/\s+/).filter(Boolean);
  return [...new Set([names.at(0), names.at(-1)])].map((part = '') => [...part][0]).join('');
}
