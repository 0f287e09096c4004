import { useSession } from '../sign-in/session-context.ts';
import styles from './what-happened-page.module.css';

/** Claims of the ID token. Access tokens are for the APIs: this app never looks into one, nor shows one. */
export function WhoYouAre() {
  const { account } = useSession();
  const claims = [
    ['Name', 'name', account.name],
    ['Signs in as', 'preferred_username', account.username],
    ['Object id', 'oid', account.localAccountId],
    ['Tenant id', 'tid', account.tenantId],
  ] as const;
  return (
    <section aria-labelledby="who-you-are" className={styles.card}>
      <h2 id="who-you-are">Who the app says you are</h2>
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
        These claims come from your ID token. The APIs do not take them from here: each reads its own access
        token.
      </p>
    </section>
  );
}
