import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useLocation } from 'react-router';

interface Announcement {
  text: string;
  /** The page it belongs on; it is gone on every other. */
  path: string;
}

interface Announcements {
  latest: Announcement | null;
  announce: (announcement: Announcement) => void;
}

const AnnouncementsContext = createContext<Announcements>({ latest: null, announce: () => undefined });

export function AnnouncementsProvider({ children }: { children: ReactNode }) {
  const [latest, setLatest] = useState<Announcement | null>(null);
  const value = useMemo(() => ({ latest, announce: setLatest }), [latest]);
  return <AnnouncementsContext value={value}>{children}</AnnouncementsContext>;
}

/** Says, to everybody, that something the person did has worked. */
export function useAnnounce(): (text: string, path: string) => void {
  const { announce } = useContext(AnnouncementsContext);
  return useCallback((text: string, path: string) => announce({ text, path }), [announce]);
}

/** The live region: it is on the page before there is something to say, or screen readers would miss it. */
export function LatestAnnouncement() {
  const { latest } = useContext(AnnouncementsContext);
  const { pathname } = useLocation();
  return (
    <div role="status">
      {latest?.path === pathname && (
        <MessageBar intent="success" layout="multiline" style={{ marginBlockEnd: '1rem' }}>
          <MessageBarBody>{latest.text}</MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}
