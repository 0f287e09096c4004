import { createContext, type ReactNode, use, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { product } from './brand.tsx';
import styles from './page.module.css';

/** The path of the page that focus was last moved to. */
const FocusedPath = createContext<{ current: string }>({ current: '' });

/** Wraps all pages. The first page after loading keeps the browser's own focus. */
export function PageFocusProvider({ children }: { children: ReactNode }) {
  const focused = useRef(useLocation().pathname);
  return <FocusedPath value={focused}>{children}</FocusedPath>;
}

interface PageProps {
  title: string;
  /** Rendered next to the heading. */
  action?: ReactNode;
  children: ReactNode;
}

/** One page of the app: sets the title, and moves focus to its heading when the user navigates to it. */
export function Page({ title, action, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const focused = use(FocusedPath);
  const { pathname } = useLocation();

  useEffect(() => {
    document.title = `${title} – ${product}`;
  }, [title]);

  useEffect(() => {
    if (focused.current === pathname) return;
    focused.current = pathname;
    heading.current?.focus();
    window.scrollTo(0, 0);
  }, [focused, pathname]);

  return (
    <>
      <div className={styles.top}>
        <h1 ref={heading} tabIndex={-1} className={styles.heading}>
          {title}
        </h1>
        {action}
      </div>
      {children}
    </>
  );
}
