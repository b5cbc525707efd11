import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";

import { sessionQuery } from "@/api/session";

/** What every page stands in: nothing is shown to somebody who is not signed in. */
export function Root() {
  useSuspenseQuery(sessionQuery);
  return <Outlet />;
}
