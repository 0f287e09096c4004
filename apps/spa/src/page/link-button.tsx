import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useHref, useLinkClickHandler } from 'react-router';

interface LinkButtonProps {
  to: string;
  appearance?: 'primary' | 'secondary';
  children: ReactNode;
}

/** A link to a page of the app that looks like a button. */
export function LinkButton({ to, appearance = 'secondary', children }: LinkButtonProps) {
  const onClick = useLinkClickHandler<HTMLAnchorElement>(to);
  return (
    <Button as="a" href={useHref(to)} appearance={appearance} onClick={onClick}>
      {children}
    </Button>
  );
}
