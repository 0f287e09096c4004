import { createContext, use } from 'react';

/** A message about signing in or out, shown at the top of the page. */
export interface Notice {
  intent: 'info' | 'error';
  title: string;
  detail: string;
  reference?: Reference | undefined;
}

/** What support needs to find an event and what it means. */
export interface Reference {
  /** Error code, such as `AADSTS65004`. */
  code: string;
  /** Page that explains the code. */
  url?: string | undefined;
  correlationId?: string | undefined;
}

interface Notices {
  notice: Notice | null;
  setNotice: (notice: Notice | null) => void;
}

export const NoticeContext = createContext<Notices>({ notice: null, setNotice: () => undefined });

/** Returns the current notice about signing in or out, and the function that replaces it. */
export const useNotice = (): Notices => use(NoticeContext);
