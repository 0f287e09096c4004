import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { createContext, type ReactNode, use, useMemo, useState } from 'react';
import { useLocation } from 'react-router';

interface Announcement {
  text: string;
  /** The page that shows it; navigating to another one hides it. */
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

/** Returns a function that tells the user, screen readers included, that something has worked. */
export const useAnnounce = () => use(AnnouncementsContext).announce;

/** The live region. It must be on the page before there is something to announce, or screen readers miss it. */
export function LatestAnnouncement() {
  const { latest } = use(AnnouncementsContext);
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
