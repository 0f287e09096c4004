import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { useState } from 'react';
import styles from '../problems/failure-message.module.css';
import { useSession } from '../sign-in/session-context.ts';

/** How a redirect that this page load returned from went wrong, until the person has read it. */
export function SignInNotice() {
  const { notice } = useSession();
  const [read, setRead] = useState(false);
  if (notice === null || read) return null;
  return (
    <MessageBar
      intent="warning"
      layout="multiline"
      role="alert"
      className={styles.warning}
      style={{ marginBlockEnd: '1.25rem' }}
    >
      <MessageBarBody className={styles.body}>
        <div>
          <MessageBarTitle>{notice.title}</MessageBarTitle>
          <p>{notice.detail}</p>
        </div>
        <Button onClick={() => setRead(true)}>Dismiss</Button>
        {notice.reference && (
          <p className={styles.reference}>
            Reference: <code>{notice.reference}</code>
          </p>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}
