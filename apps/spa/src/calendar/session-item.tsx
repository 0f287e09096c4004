import { useMsal } from '@azure/msal-react';
import { Button } from '@fluentui/react-components';
import { useEffect, useId, useRef } from 'react';
import { useConfiguration } from '../configuration/configuration.ts';
import { z } from '../configuration/zod.ts';
import list from '../page/list.module.css';
import { Message } from '../page/message.tsx';
import { Status } from '../page/status.tsx';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { answerChallenge } from '../sign-in/challenge.ts';
import { apiScopes } from '../sign-in/msal-client.ts';
import { CalendarFailure } from './calendar-failure.tsx';
import { type LongRunningSession, useEndSession, useRenewSession } from './long-running-sessions.ts';
import { openConsentPage } from './open-consent-page.ts';
import styles from './session-item.module.css';

/** A renewal that a redirect interrupted. */
export const interruptedRenewalSchema = z.object({
  kind: z.literal('renew-session'),
  sessionId: z.string(),
});

interface SessionItemProps {
  session: LongRunningSession;
  /** The user did what a challenge required to renew it: it is renewed at once. */
  confirmed: boolean;
  onRenewed: () => void;
  onEnded: () => void;
}

type Action = NonNullable<LongRunningSession['action']>;

const texts: Readonly<Record<Action, { title: string; detail: string; button: string; busy: string }>> = {
  sign_in: {
    title: 'It waits until you sign in again',
    detail:
      'Your organization no longer accepts your earlier sign-in, for example because your password changed or it requires more verification.',
    button: 'Sign in again',
    busy: 'Signing in…',
  },
  consent: {
    title: 'It waits for your permission',
    detail: 'Your permission to change your calendar was withdrawn. If you give it again, the app continues.',
    button: 'Give consent again',
    busy: 'Asking for consent…',
  },
  retry: {
    title: 'It could not go on',
    detail: 'The reference names the reason. Nothing is lost: once the reason is gone, try again.',
    button: 'Try again',
    busy: 'Trying again…',
  },
};

/** For reasons that say more than the action. */
const textsOfReason: Readonly<Record<string, { title: string; detail: string }>> = {
  mailbox_missing: {
    title: 'You have no calendar in this organization',
    detail:
      'Your account has no mailbox here, as is usual for guests. Once your administrator has given you one, try again. Otherwise stop it.',
  },
};

/** A long-running session: what it does, since when, and what the user can do with it. */
export function SessionItem({ session, confirmed, onRenewed, onEnded }: SessionItemProps) {
  const { id, action, reason, createdAt, lastUsedAt, endsAt, waiting } = session;
  const headingId = useId();
  const { instance } = useMsal();
  const configuration = useConfiguration();
  const renewal = useRenewSession();
  const end = useEndSession();
  const interrupted: z.output<typeof interruptedRenewalSchema> = { kind: 'renew-session', sessionId: id };
  // The middle tier has a page for each code, as the type of a problem says.
  const reference =
    reason === null
      ? undefined
      : { code: reason, url: new URL(`/problems/${reason}`, configuration.apiBaseUrl).href };
  const text = action && { ...texts[action], ...textsOfReason[reason ?? ''] };
  const isBusy = renewal.isPending || end.isPending;

  /** Renews it. If a page of the identity provider is required, the button goes there: it says so. */
  function renew() {
    if (isBusy) return;
    renewal.mutate(id, {
      onSuccess: onRenewed,
      onError: (error) => {
        const { challenge, consentUrl } = describeFailure(error);
        if (action === 'retry') return;
        if (consentUrl) openConsentPage(consentUrl, instance.getActiveAccount(), interrupted);
        if (challenge) void answerChallenge(instance, apiScopes(configuration), challenge, interrupted);
      },
    });
  }

  function stop() {
    if (!isBusy) end.mutate(id, { onSuccess: onEnded });
  }

  const renewOnce = useRef(() => renewal.mutate(id, { onSuccess: onRenewed }));
  const renewed = useRef(false);
  useEffect(() => {
    if (!confirmed || renewed.current) return;
    renewed.current = true;
    renewOnce.current();
  }, [confirmed]);

  return (
    <li aria-labelledby={headingId} className={list.item}>
      <div className={styles.top}>
        <h2 id={headingId} className={list.name}>
          Adds approved leave to your calendar
        </h2>
        <Status tone={action ? 'warning' : 'success'}>{action ? 'Waits for you' : 'Active'}</Status>
      </div>
      <dl className={styles.facts}>
        <dt>Waiting</dt>
        <dd>{describeWaiting(waiting)}</dd>
        <dt>Since</dt>
        <dd>{formatDay(createdAt)}</dd>
        <dt>Last used</dt>
        <dd>{formatDay(lastUsedAt)}</dd>
        <dt>Ends</dt>
        <dd>{formatDay(endsAt)}, or when it has nothing left to do</dd>
      </dl>
      {text && !renewal.error && (
        <Message intent="warning" title={text.title} detail={text.detail} reference={reference}>
          <Button appearance="primary" disabledFocusable={isBusy} onClick={renew}>
            {renewal.isPending ? text.busy : text.button}
          </Button>
        </Message>
      )}
      {renewal.error && (
        <CalendarFailure
          failure={describeFailure(renewal.error)}
          action={interrupted}
          onRetry={renew}
          retrying={isBusy}
        />
      )}
      {end.error && <FailureMessage failure={describeFailure(end.error)} onRetry={stop} retrying={isBusy} />}
      <div>
        <Button disabledFocusable={isBusy} onClick={stop} aria-describedby={`${headingId}-stop`}>
          {end.isPending ? 'Stopping…' : 'Stop'}
        </Button>
      </div>
      <p id={`${headingId}-stop`} className={styles.soft}>
        If you stop it, the app forgets what it kept. Your calendar stays as it is: what is in it, you remove
        yourself.
      </p>
    </li>
  );
}

function describeWaiting(waiting: number): string {
  if (waiting === 0) return 'Nothing: your calendar is up to date';
  return waiting === 1 ? '1 leave request' : `${waiting} leave requests`;
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const formatDay = (time: string): string => day.format(new Date(time));
