import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import { useState } from 'react';
import { useSession } from '../sign-in/session-context.ts';

/** How a redirect that this page load returned from went wrong, until the person has read it. */
export function SignInNotice() {
  const { notice } = useSession();
  const [read, setRead] = useState(false);
  if (notice === null || read) return null;
  return (
    <MessageBar intent="warning" layout="multiline" role="alert" style={{ marginBlockEnd: '1rem' }}>
      <MessageBarBody style={{ whiteSpace: 'normal' }}>
        <MessageBarTitle>{notice.title}</MessageBarTitle>
        {notice.detail} {notice.reference && <small>Reference: {notice.reference}</small>}
        <div>
          <Button size="small" onClick={() => setRead(true)} style={{ marginBlockStart: '0.5rem' }}>
            Dismiss
          </Button>
        </div>
      </MessageBarBody>
    </MessageBar>
  );
}
