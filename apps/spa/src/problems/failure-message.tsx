import { InteractionStatus } from '@azure/msal-browser';
import { useMsal } from '@azure/msal-react';
import { Button } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { useConfiguration } from '../configuration/configuration.ts';
import { Message } from '../page/message.tsx';
import { answerChallenge, type Challenge } from '../sign-in/challenge.ts';
import { apiScopes } from '../sign-in/msal-client.ts';
import type { Notice } from '../sign-in/notice.ts';
import type { Failure } from './describe-failure.ts';

interface FailureMessageProps {
  failure: Failure;
  /** Tries again; omit if the page has its own retry. */
  onRetry?: () => void;
  retrying?: boolean;
  /** What to repeat once the user has answered the challenge. */
  action?: unknown;
  /** What helps if `failure` has no challenge. */
  children?: ReactNode;
}

/** Tells what went wrong, and offers the one thing that may help. */
export function FailureMessage(props: FailureMessageProps) {
  const { failure, onRetry, retrying = false, action, children } = props;
  const { challenge, consentUrl, canRetry, title, detail, reference } = failure;
  const { apiBaseUrl } = useConfiguration();
  return (
    <Message
      intent={challenge || consentUrl ? 'warning' : 'error'}
      title={title}
      detail={detail}
      reference={reference && { ...reference, url: resolvePage(reference.url, apiBaseUrl) }}
    >
      {challenge && <ChallengeButton challenge={challenge} action={action} />}
      {children}
      {canRetry && onRetry && (
        <Button onClick={onRetry} disabledFocusable={retrying}>
          {retrying ? 'Trying again…' : 'Try again'}
        </Button>
      )}
    </Message>
  );
}

/** Resolves a problem's `type`, which may be relative to the API that sent it (RFC 9457, section 3.1.1). */
function resolvePage(type: string | undefined, apiBaseUrl: string): string | undefined {
  const url = type === undefined ? null : URL.parse(type, apiBaseUrl);
  return url?.protocol.startsWith('http') ? url.href : undefined;
}

const labels = {
  consent: 'Give consent',
  claims: 'Verify your identity',
  'sign-in': 'Sign in again',
} satisfies Record<Challenge['kind'], string>;

/** Redirects to the identity provider to satisfy a challenge. */
function ChallengeButton({ challenge, action }: { challenge: Challenge; action: unknown }) {
  const { instance, inProgress } = useMsal();
  const configuration = useConfiguration();
  const [notice, setNotice] = useState<Notice | null>(null);

  async function answer() {
    setNotice(await answerChallenge(instance, apiScopes(configuration), challenge, action));
  }

  return (
    <>
      <Button
        appearance="primary"
        disabledFocusable={inProgress !== InteractionStatus.None}
        onClick={() => void answer()}
      >
        {labels[challenge.kind]}
      </Button>
      {notice && (
        <p role="alert">
          {notice.title}. {notice.detail}
        </p>
      )}
    </>
  );
}
