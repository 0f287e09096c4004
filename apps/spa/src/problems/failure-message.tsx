import { Button, MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { Challenge } from '../sign-in/challenge.ts';
import { ChallengeButton } from './challenge-button.tsx';
import type { Failure } from './describe-failure.ts';
import styles from './failure-message.module.css';

interface FailureMessageProps {
  failure: Failure;
  /** Tries again; leave out where the page has its own way to. */
  onRetry?: () => void;
  retrying?: boolean;
  /** What to repeat once the person has given what the API asked for. */
  action?: unknown;
}

/** Says what went wrong, and offers the one thing that may help. */
export function FailureMessage({ failure, onRetry, retrying = false, action }: FailureMessageProps) {
  const { title, detail, reference, challenge } = failure;
  return (
    <MessageBar
      intent={challenge ? 'warning' : 'error'}
      layout="multiline"
      className={challenge ? styles.warning : styles.error}
      role="alert"
    >
      <MessageBarBody className={styles.body}>
        <div>
          <MessageBarTitle>{title}</MessageBarTitle>
          <p>{detail}</p>
        </div>
        {challenge ? (
          <ChallengeButton challenge={challenge} action={action}>
            {challengeLabel(challenge)}
          </ChallengeButton>
        ) : (
          onRetry && (
            <Button onClick={onRetry} disabledFocusable={retrying}>
              {retrying ? 'Trying again…' : 'Try again'}
            </Button>
          )
        )}
        {reference && (
          <p className={styles.reference}>
            Reference: <code>{reference}</code>
          </p>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}

function challengeLabel({ kind }: Challenge): string {
  switch (kind) {
    case 'consent':
      return 'Give consent';
    case 'claims':
      return 'Confirm it is you';
    case 'sign-in':
      return 'Sign in again';
  }
}
