import { Avatar } from '@fluentui/react-components';
import type { Profile } from './overview.ts';
import styles from './profile-section.module.css';
import { SectionCard, type SectionProps } from './section-card.tsx';

/** Shows the user's profile, as Microsoft Graph returns it. */
export function ProfileSection(props: SectionProps<Profile>) {
  return (
    <SectionCard title="Profile" source="Microsoft Graph" {...props}>
      {({ name, jobTitle, mail, photo, manager }) => (
        <>
          <div className={styles.user}>
            <Avatar
              size={72}
              color="brand"
              name={name}
              image={photo === null ? null : { src: photo, alt: '' }}
              aria-hidden="true"
            />
            <div>
              <p className={styles.name}>{name}</p>
              {jobTitle && <p>{jobTitle}</p>}
            </div>
          </div>
          <dl className={styles.facts}>
            <dt>Email</dt>
            <dd>{mail ? <Mail address={mail} /> : 'None in the directory'}</dd>
            <dt>Manager</dt>
            <dd>
              {manager === null ? (
                'None in the directory'
              ) : (
                <>
                  {manager.name}
                  {manager.jobTitle && <span className={styles.soft}>{manager.jobTitle}</span>}
                  {manager.mail && <Mail address={manager.mail} />}
                </>
              )}
            </dd>
          </dl>
        </>
      )}
    </SectionCard>
  );
}

function Mail({ address }: { address: string }) {
  return (
    <a className={styles.mail} href={`mailto:${address}`}>
      {address}
    </a>
  );
}
