import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { OverviewPage } from '../overview/overview-page.tsx';
import { paths } from '../page/paths.ts';
import { Layout } from './layout.tsx';
import { NotFoundPage } from './not-found-page.tsx';

const RequestLeavePage = lazy(() => import('../leave/request-leave-page.tsx'));
const WhatHappenedPage = lazy(() => import('../how-it-works/what-happened-page.tsx'));

export function AppRoutes({ onSignOut }: { onSignOut: () => void }) {
  return (
    <Routes>
      <Route element={<Layout onSignOut={onSignOut} />}>
        <Route path={paths.overview} element={<OverviewPage />} />
        <Route path={paths.requestLeave} element={<RequestLeavePage />} />
        <Route path={paths.whatHappened} element={<WhatHappenedPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
