import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Reference } from '../sign-in/notice.ts';
import { ErrorReference } from './error-reference.tsx';
import styles from './message.module.css';

interface MessageProps {
  intent: 'info' | 'warning' | 'error';
  title: string;
  detail: string;
  reference?: Reference | undefined;
  /** Buttons. */
  children?: ReactNode;
}

/** A message that interrupts the user, with what they can do about it. */
export function Message({ intent, title, detail, reference, children }: MessageProps) {
  return (
    <MessageBar
      intent={intent}
      layout="multiline"
      className={`${styles.message} ${styles[intent] ?? ''}`}
      role="alert"
    >
      <MessageBarBody className={styles.body}>
        <div>
          <MessageBarTitle>{title}</MessageBarTitle>
          <p>{detail}</p>
        </div>
        {children}
        {reference && <ErrorReference reference={reference} />}
      </MessageBarBody>
    </MessageBar>
  );
}
