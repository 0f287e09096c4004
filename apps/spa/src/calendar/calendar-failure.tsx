import { useAccount } from '@azure/msal-react';
import { Button } from '@fluentui/react-components';
import type { ComponentProps } from 'react';
import { FailureMessage } from '../problems/failure-message.tsx';
import { openConsentPage } from './open-consent-page.ts';

/** Tells what went wrong. If the permission for the calendar is missing, it offers the page that requests it. */
export function CalendarFailure(props: ComponentProps<typeof FailureMessage>) {
  const { failure, action } = props;
  const { consentUrl } = failure;
  const account = useAccount();
  if (consentUrl === undefined) return <FailureMessage {...props} />;
  const texts = {
    title: 'One more permission is needed',
    detail:
      'To add your leave to your calendar while you are away, the app needs permission to change your calendar. You decide on the next page.',
  };
  return (
    <FailureMessage {...props} failure={{ ...failure, ...texts }}>
      <Button appearance="primary" onClick={() => openConsentPage(consentUrl, account, action)}>
        Continue to Microsoft
      </Button>
    </FailureMessage>
  );
}
