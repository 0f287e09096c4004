import { LinkButton } from '../page/link-button.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';

export function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <p>The address may be mistyped, or the page may have moved.</p>
      <LinkButton to={paths.overview}>Go to the overview</LinkButton>
    </Page>
  );
}
