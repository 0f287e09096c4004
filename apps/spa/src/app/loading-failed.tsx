import { Button } from '@fluentui/react-components';
import { Component, type ReactNode } from 'react';
import { Page } from '../page/page.tsx';

/** Catches what a page throws while it loads or renders, so that the rest of the app stays usable. */
export class LoadingFailed extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Page title="This page could not be loaded">
        <p role="alert">You may be offline, or a new version was published. Reload to go on.</p>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </Page>
    );
  }
}
