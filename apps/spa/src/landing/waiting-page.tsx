import type { ReactNode } from 'react';

export function WaitingPage({ children }: { children: ReactNode }) {
  return (
    <main className="waiting" aria-busy="true">
      <p role="status">{children}</p>
    </main>
  );
}
