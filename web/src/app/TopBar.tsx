import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";

import { Link } from "@/ui/Link";

import { AccountMenu } from "./AccountMenu";
import { HelpButton } from "./HelpButton";
import { MobileMenu } from "./MobileMenu";
import { Bell } from "./Bell";
import { FindButton } from "./palette/FindButton";
import { ShareButton } from "./ShareButton";

export interface Crumb {
  label: ReactNode;
  to?: string;
}

/** The bar at the top of each page: where one is, what the page can be set to, and what is the same everywhere. */
export function TopBar({ crumbs, children }: { crumbs: readonly Crumb[]; children?: ReactNode }) {
  return (
    <header className="flex h-(--bar-height) shrink-0 items-center gap-1 border-b border-line bg-bg px-2 sm:px-3">
      <MobileMenu />
      <nav aria-label="Breadcrumb" className="flex min-w-0 grow items-center gap-1">
        {crumbs.map((crumb, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- a crumb is its place
          <Fragment key={at}>
            {at > 0 && <ChevronRight className="size-3.5 shrink-0 text-text-3" strokeWidth={1.75} aria-hidden />}
            {crumb.to === undefined ? (
              <h1 className="truncate text-14 font-semibold" aria-current="page">
                {crumb.label}
              </h1>
            ) : (
              <Link to={crumb.to} className="truncate text-text-2 hover:text-text hover:underline">
                {crumb.label}
              </Link>
            )}
          </Fragment>
        ))}
      </nav>
      <div className="flex shrink-0 items-center gap-1">
        {children}
        <Bell />
        <FindButton />
        <ShareButton />
        <HelpButton />
        <AccountMenu />
      </div>
    </header>
  );
}
