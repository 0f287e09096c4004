import { formatMilliseconds, type Hop } from '../overview/hops.ts';

/** Says in sentences what happened in a request, including what failed. */
export function summarize(hops: readonly Hop[]): string {
  const [first, ...calls] = hops;
  if (!first || first.state === 'loading') return 'Your browser is calling the middle tier with token A.';
  if (first.state === 'failed')
    return `Your browser called the middle tier with token A. That failed: ${first.failure}. No other service was called.`;
  const took = first.duration === null ? '' : ` It took ${formatMilliseconds(first.duration)} in all.`;
  return `Your browser called the middle tier with token A. ${calls.map(describeCall).join(' ')}${took}`;
}

function describeCall({ token, to, state, failure, withoutToken, tokenSpan }: Hop): string {
  const service = to === 'Microsoft Graph' ? to : `the ${to.replace(/^D/, 'd')}`;
  if (withoutToken)
    return `The middle tier got no token ${token} (${failure}), so it did not call ${service}.`;
  if (state === 'not_called') return `The middle tier did not call ${service}.`;
  const isNew = tokenSpan?.source === 'identity_provider';
  const acquired = isNew
    ? `The middle tier exchanged token A for token ${token}`
    : `The middle tier had token ${token} in its cache`;
  return state === 'failed'
    ? `${acquired}, but the call to ${service} failed: ${failure}.`
    : `${acquired}, and called ${service}.`;
}
