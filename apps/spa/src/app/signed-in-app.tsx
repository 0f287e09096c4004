import { FluentProvider, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, useState, useSyncExternalStore } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { useConfiguration } from '../configuration/configuration.ts';
import { OverviewPage } from '../overview/overview-page.tsx';
import { LinkButton } from '../page/link-button.tsx';
import { Page } from '../page/page.tsx';
import { paths } from '../page/paths.ts';
import { useSignedOutElsewhere } from '../sign-in/sign-out.ts';
import { Layout } from './layout.tsx';

const RequestLeavePage = lazy(() => import('../leave/request-leave-page.tsx'));
const TeamPage = lazy(() => import('../team/team-page.tsx'));
const WhileYouAreAwayPage = lazy(() => import('../calendar/while-you-are-away-page.tsx'));
const HowItWorksPage = lazy(() => import('../how-it-works/how-it-works-page.tsx'));

/** The signed-in app. It is unmounted at sign-out, and the user's data with it. */
export default function SignedInApp() {
  const [queryClient] = useState(() => new QueryClient());
  const { calendar } = useConfiguration();
  useSignedOutElsewhere();
  return (
    <QueryClientProvider client={queryClient}>
      <FluentProvider theme={usePrefersDark() ? webDarkTheme : webLightTheme}>
        <div className="signed-in">
          <BrowserRouter>
            <Routes>
              <Route element={<Layout />}>
                <Route path={paths.overview} element={<OverviewPage />} />
                <Route path={paths.requestLeave} element={<RequestLeavePage />} />
                <Route path={paths.team} element={<TeamPage />} />
                {calendar && <Route path={paths.whileYouAreAway} element={<WhileYouAreAwayPage />} />}
                <Route path={paths.howItWorks} element={<HowItWorksPage />} />
                <Route path="*" element={<NotFoundPage />} />
              </Route>
            </Routes>
          </BrowserRouter>
        </div>
      </FluentProvider>
    </QueryClientProvider>
  );
}

function NotFoundPage() {
  return (
    <Page title="Page not found">
      <p>The address may be mistyped, or the page may have moved.</p>
      <LinkButton to={paths.overview}>Go to the overview</LinkButton>
    </Page>
  );
}

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

function subscribe(onChange: () => void): () => void {
  darkQuery.addEventListener('change', onChange);
  return () => darkQuery.removeEventListener('change', onChange);
}

const usePrefersDark = (): boolean => useSyncExternalStore(subscribe, () => darkQuery.matches);
