import { InteractionStatus } from '@azure/msal-browser';
import { useMsal } from '@azure/msal-react';
import { Button } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { answerChallenge } from '../sign-in/answer-challenge.ts';
import type { Challenge } from '../sign-in/challenge.ts';
import type { Notice } from '../sign-in/notice.ts';

interface ChallengeButtonProps {
  challenge: Challenge;
  /** What to repeat on return. */
  action?: unknown;
  children: ReactNode;
}

/** Leaves for the identity provider to give it what an API asked for. */
export function ChallengeButton({ challenge, action, children }: ChallengeButtonProps) {
  const { inProgress } = useMsal();
  const [notice, setNotice] = useState<Notice | null>(null);

  return (
    <>
      <Button
        appearance="primary"
        disabledFocusable={inProgress !== InteractionStatus.None}
        onClick={() => void answerChallenge(challenge, action).then(setNotice)}
      >
        {children}
      </Button>
      {notice && (
        <p role="alert">
          {notice.title}. {notice.detail}
        </p>
      )}
    </>
  );
}
