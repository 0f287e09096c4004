import { useQuery } from '@tanstack/react-query';
import { overviewQuery } from '../middle-tier/get-overview.ts';
import type { Overview } from '../middle-tier/overview.ts';
import { Page } from '../page/page.tsx';
import { LeaveForm } from './leave-form.tsx';

export default function RequestLeavePage() {
  const { data } = useQuery(overviewQuery);
  const leave = data?.overview.leave;
  return (
    <Page title="Request leave">
      <LeaveForm
        approval={approval(data?.overview.profile)}
        balance={leave?.state === 'ok' ? leave.data.balance : null}
      />
    </Page>
  );
}

/** Who decides on the request, in words. The middle tier asks Microsoft Graph again when it is sent. */
function approval(profile: Overview['profile'] | undefined): string {
  if (profile?.state !== 'ok') return 'Your manager is looked up when you send the request.';
  const { manager } = profile.data;
  return manager === null
    ? 'The directory names no manager for you, so the request is approved at once.'
    : `${manager.name} decides on it, as your manager.`;
}
