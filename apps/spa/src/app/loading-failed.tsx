import { Component, type ReactNode } from 'react';
import { FailureMessage } from '../problems/failure-message.tsx';

const failure = {
  title: 'This page could not be loaded',
  detail: 'You may be offline, or a new version was published. Reload to go on.',
  reference: null,
  challenge: null,
};

/** Catches what a page throws while it loads or renders, so that the rest of the app stays usable. */
export class LoadingFailed extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <FailureMessage failure={failure} onRetry={() => window.location.reload()} />;
  }
}
