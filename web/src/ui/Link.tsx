import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react";

import { useGo } from "@/app/url";
import { withBase } from "@/lib/href";

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** A path that `href` built. */
  to: string;
  replace?: boolean;
  ref?: Ref<HTMLAnchorElement>;
}

/** A link within the app: a real address, followed without loading the page anew. */
export function Link({ to, replace = false, onClick, children, ...rest }: LinkProps) {
  const go = useGo();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || (rest.target !== undefined && rest.target !== "_self")) return;
    event.preventDefault();
    go(to, { replace });
  };
  return (
    <a {...rest} href={withBase(to)} onClick={follow}>
      {children}
    </a>
  );
}
