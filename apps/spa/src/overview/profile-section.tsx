import type { Profile, Section } from '../middle-tier/overview.ts';
import { SectionCard } from '../page/section-card.tsx';
import { Skeleton } from '../page/skeleton.tsx';
import { Portrait } from './portrait.tsx';
import styles from './profile-section.module.css';

interface ProfileSectionProps {
  section: Section<Profile> | undefined;
  onRetry: () => void;
  retrying: boolean;
}

/** Who the person is, as Microsoft Graph says. */
export function ProfileSection(props: ProfileSectionProps) {
  return (
    <SectionCard
      title="Profile"
      source="Microsoft Graph"
      skeleton={<Skeleton lines={['60%', '45%', '75%', '40%', '55%']} />}
      {...props}
    >
      {({ name, jobTitle, mail, photo, manager }) => (
        <>
          <div className={styles.person}>
            <Portrait name={name} photo={photo} />
            <div>
              <p className={styles.name}>{name}</p>
              {jobTitle && <p>{jobTitle}</p>}
            </div>
          </div>
          <dl className={styles.facts}>
            <dt>Mail</dt>
            <dd>{mail ? <Mail address={mail} /> : 'Not in the directory'}</dd>
            <dt>Manager</dt>
            <dd>
              {manager === null ? (
                'Nobody, says the directory'
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
