import type { Overview } from '../overview/overview.ts';
import { useOverview } from '../overview/use-overview.ts';
import { Page } from '../page/page.tsx';
import { LeaveForm } from './leave-form.tsx';

export default function RequestLeavePage() {
  const { data } = useOverview();
  const leave = data?.overview.leave;
  return (
    <Page title="Request leave">
      <LeaveForm
        approval={describeApproval(data?.overview.profile)}
        balance={leave?.state === 'ok' ? leave.data.balance : null}
      />
    </Page>
  );
}

/** Describes who will review the request. The middle tier reads the manager again when the request is sent. */
function describeApproval(profile: Overview['profile'] | undefined): string {
  if (profile?.state !== 'ok') return 'Your manager is looked up when you send the request.';
  const { manager } = profile.data;
  return manager === null
    ? 'No manager is listed for you, so your request is approved automatically.'
    : `${manager.name}, your manager, will review it.`;
}
